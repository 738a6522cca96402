# SPDX-License-Identifier: Apache-2.0
# Makes base/fold_table.h, traditional → simplified, from Unihan_Variants.txt
# (Unicode 15.0; Debian package unicode-data). Run from the source directory:
#   bzcat /usr/share/unicode/Unihan_Variants.txt.bz2 |
#       LC_ALL=C awk -f base/fold-table.awk > base/fold_table.h
#
# The table serves comparing, not writing: where Unihan names several simplified
# forms the first that is not the character itself is taken, so that 乾 and 干,
# 著 and 着 find each other. Chains are followed to their end.

function value(u,    i, n, hex)
{
	hex = "0123456789ABCDEF"
	n = 0
	for (i = 3; i <= length(u); i++)
		n = n * 16 + index(hex, substr(u, i, 1)) - 1
	return n
}

function last_of(c,    steps)
{
	for (steps = 0; (c in simple) && steps < 8; steps++)
		c = simple[c]
	return c
}

function print_table(low, high,    c)
{
	for (c = low; c <= high; c++)
		if ((c in simple) && last_of(c) != c)
			printf "\t{ 0x%04x, 0x%04x },\n", c, last_of(c)
}

$2 == "kSimplifiedVariant" {
	for (i = 3; i <= NF; i++)
		if ($i != $1) {
			simple[value($1)] = value($i)
			break
		}
}

# The other direction fills gaps: a traditional form that names no simplified one.
$2 == "kTraditionalVariant" {
	for (i = 3; i <= NF; i++)
		if ($i != $1 && !(value($i) in reverse))
			reverse[value($i)] = value($1)
}

END {
	for (c in reverse)
		if (!(c in simple) && !(reverse[c] in simple))
			simple[c] = reverse[c]
	# Two that name each other would run in a ring: the lower number stays.
	for (c in simple)
		if ((simple[c] in simple) && simple[simple[c]] == c + 0 &&
		    c + 0 < simple[c])
			ring[c] = 1
	for (c in ring)
		delete simple[c]
	print "/* SPDX-License-Identifier: Apache-2.0 */"
	print "/* Made by base/fold-table.awk from Unihan 15.0; do not edit."
	print " * tests/base/test_fold_table.c holds it against ICU. */"
	print "static const struct fold_pair fold_pairs[] = {"
	print_table(11904, 65535)
	print_table(131072, 262143)
	print "};"
}
