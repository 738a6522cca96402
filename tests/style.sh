#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What of the style a script can see: the licence line, tabs, 80 columns (table
# rows and lone string literals may pass, a comment by one short word), functions of at most 60 lines, no typedef
# of structs, a comment at or above every public function. It is first made to
# fail on a sample.
src=${QN_TEST_SRCDIR:-.}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
count=0
failed=0

check_file() # check_file FILE: prints what is wrong
{
	LC_ALL=C.UTF-8 awk -v file="$1" -v width=80 '
	function say(what) { printf "# %s:%d: %s\n", file, NR, what }
	# Columns: a tab goes to the next eighth, three-byte characters are two
	# wide unless they are typographic (mawk counts bytes).
	function cols(s,    n, i, c) {
		n = 0
		for (i = 1; i <= length(s); i++) {
			c = substr(s, i, 1)
			if (c == "\t") n += 8 - n % 8
			else if (index(continuation, c) == 0) n++
		}
		return n
	}
	BEGIN {
		for (i = 128; i < 192; i++)
			continuation = continuation sprintf("%c", i)
	}
	NR == 1 && !/SPDX-License-Identifier: Apache-2.0/ {
		say("no licence in the first line") }
	# Four spaces continue a line that began at column 0.
	/^     / && !in_comment { say("indented with spaces") }
	/[ \t]$/ { say("blank at the end") }
	/^[ \t]*typedef[ \t]+(struct|union)/ { say("typedef of a struct") }
	{
		t = $0
		sub(/^[ \t]*/, "", t)
		table = t ~ /^[[{"._]/ || t ~ /^[A-Z_]+\(/ || t ~ /"[^"]*"[^"]*$/
		# The last word of a comment may hang over a little.
		hang = in_comment || t ~ /^\/\*|^\*/ || t ~ /\*\/$/ ? 4 : 0
		if (!table && cols($0) > width + hang)
			say("longer than 80 columns")
	}
	/\/\*/ && !/\*\// { in_comment = 1 }
	/\*\// { in_comment = 0 }
	file ~ /\.c$/ && /^{$/ { start = NR; name = before }
	/^}/ && start {
		if (NR - start - 1 > 60)
			say(name ": a function of " NR - start - 1 " lines")
		start = 0
	}
	{ before = $0 }
	' "$1"
}

# Every function of a header has a comment in its own paragraph, at its line or
# above: an empty line ends what a comment speaks for.
check_header() # check_header FILE
{
	awk -v file="$1" '
	/^$/ { if (!body) said = 0 }
	/\/\*/ { said = 1 }
	/^#if|^#endif/ { next }
	/^(struct|enum|union)[^(]*{/ { body = 1 }
	/^}/ { body = 0; next }
	body || /^static|^[#} \t*]|^typedef|^extern|^BASE_/ { next }
	/^[a-zA-Z].*\(/ && !said {
		printf "# %s:%d: not documented: %s\n", file, NR, $0
	}
	' "$1"
}

ok() # ok NAME: reads what is wrong; nothing is right
{
	count=$((count + 1))
	if grep . > "$work/out"; then
		cat "$work/out"
		echo "not ok $count - $1"
		failed=1
	else
		echo "ok $count - $1"
	fi
}

found() # found WHAT: the sample's fault was seen
{
	count=$((count + 1))
	if grep -q "$1" "$work/seen"; then
		echo "ok $count - finds: $1"
	else
		echo "not ok $count - finds: $1"
		failed=1
	fi
}

# ---- the checks can fail
{
	echo '#include "x.h"'
	echo 'typedef struct x x;'
	echo '        int a; '
	printf '\tint %090d;\n' 0
	echo 'int'
	echo 'f(void)'
	echo '{'
	i=0
	while [ $i -lt 61 ]; do echo '	;'; i=$((i + 1)); done
	echo '}'
} > "$work/bad.c"
printf '/* about a */\nint a(void);\n\nint b(void);\n' > "$work/bad.h"
{ check_file "$work/bad.c"; check_header "$work/bad.h"; } > "$work/seen"
found 'no licence'
found 'spaces'
found 'blank at the end'
found 'typedef'
found '80 columns'
found '61 lines'
found 'not documented: int b'

# ---- the house
for room in base fhir care store net picture tui cli clinic tests; do
	find "$src/$room" -name '*.[ch]' ! -path '*/node_modules/*' |
		sort | while read -r file; do
			check_file "$file"
		done > "$work/room"
	ok "$room/ is written in the style" < "$work/room"
done
for room in base fhir care store net picture tui cli clinic; do
	check_header "$src/$room/$room.h"
done > "$work/headers"
ok "public functions are documented" < "$work/headers"
echo "1..$count"
exit $failed
