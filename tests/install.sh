#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What `make install` brings, all of it and where it belongs; that bash completes a
# file's name with a blank in it; that an installation which was moved as a whole finds
# its own data, words and sibling programs; and that `make uninstall` leaves no file
# behind.
set -u
build=${QN_TEST_BUILDDIR:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset MAKEFLAGS MAKELEVEL DESTDIR
echo "1..7"
n=0

ok()
{
	n=$((n + 1))
	[ "$1" = 0 ] || printf 'not '
	echo "ok $n - $2"
}

make -s -C "$build" install DESTDIR="$tmp/pkg" >"$tmp/log" 2>&1
status=$?
[ $status = 0 ] || sed 's/^/# /' "$tmp/log"
bin=$(dirname "$(find "$tmp/pkg" -name qingnang-sync)")
prefix=$(dirname "$bin")
for file in bin/qingnang bin/qingnang-sync bin/qingnang-picture bin/qingnang-clinic \
	share/man/man1/qingnang.1 share/man/man1/qingnang-sync.1 \
	share/man/man1/qingnang-clinic.1 share/man/man5/qingnang.conf.5 \
	share/man/man7/qingnang-fhir.7 share/man/man7/qingnang-vault.7 \
	share/qingnang/themes/dark.theme share/qingnang/themes/light.theme \
	share/locale/zh_CN/LC_MESSAGES/qingnang.mo; do
	[ -s "$prefix/$file" ] || { echo "# no $file"; status=1; }
done
for shell in bash zsh fish; do
	find "$prefix" -path "*$shell*" -name '*qingnang*' | grep -q . ||
		{ echo "# no completion for $shell"; status=1; }
done
ok $status "programs, manual, themes, catalogue and completions are installed"

mkdir -p "$tmp/files/of mine"
bash -c '. "$1" && cd "$2" && COMP_CWORD=3 &&
	COMP_WORDS=(qingnang rules check of) && _qingnang &&
	[ "${#COMPREPLY[@]}:${COMPREPLY[0]}" = "1:of mine" ]' - \
	"$prefix/share/bash-completion/completions/qingnang" "$tmp/files"
ok $? "bash offers a file's whole name where a file is asked for"

mkdir "$tmp/home"
mv "$prefix" "$tmp/moved away"
run()
{
	env -i HOME="$tmp/home" PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "$@" \
		</dev/null 2>&1
}
run LANGUAGE=zh_CN "$tmp/moved away/bin/qingnang" --help | grep -q '用法'
ok $? "a moved installation finds its catalogue"
run LANGUAGE=en "$tmp/moved away/bin/qingnang" rules list | grep -q '^CN-01'
ok $? "and its data"
run LANGUAGE=en "$tmp/moved away/bin/qingnang" doctor >"$tmp/doctor"
grep -q '✓ theme' "$tmp/doctor"
ok $? "and its themes, as doctor sees it"

mkdir -p "$(dirname "$prefix")"
mv "$tmp/moved away" "$prefix"
make -s -C "$build" uninstall DESTDIR="$tmp/pkg" >"$tmp/log" 2>&1
ok $? "make uninstall"
find "$tmp/pkg" ! -type d | sed 's/^/# /' >"$tmp/left"
cat "$tmp/left"
[ ! -s "$tmp/left" ]
ok $? "leaves nothing"
