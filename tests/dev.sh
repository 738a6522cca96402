#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ./dev on a machine that lacks packages, without root: it installs nothing, names
# in one apt command every package that is missing and no other, and each library
# that configure asks for comes from a package of that list. `./dev run --help` needs
# none of them; configure names all that is missing at once.
set -u
build=${QN_TEST_BUILDDIR:-build}
top=$(cd "$(dirname "$0")/.." && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
echo "1..6"
n=0

ok()
{
	n=$((n + 1))
	[ "$1" = 0 ] || printf 'not '
	echo "ok $n - $2"
}

mkdir "$tmp/bin" "$tmp/home"
cp "$top/dev" "$tmp/home/dev"
cat >"$tmp/bin/dpkg-query" <<'END'
#!/bin/sh
for package; do :; done
case " $MISSING " in
*" $package "*) echo 'unknown ok not-installed'; exit 1;;
esac
echo 'install ok installed'
END
printf '#!/bin/sh\necho 1000\n' >"$tmp/bin/id"
printf '#!/bin/sh\nexit 1\n' >"$tmp/bin/sudo"
for program in apt-get apt; do
	printf '#!/bin/sh\ntouch "%s/installed"\n' "$tmp" >"$tmp/bin/$program"
done
chmod +x "$tmp"/bin/*

MISSING='libsodium-dev nettle-dev' PATH=$tmp/bin:$PATH sh "$tmp/home/dev" run \
	>"$tmp/out" 2>"$tmp/err" </dev/null
[ $? = 1 ] && [ ! -e "$tmp/installed" ]
ok $? "without root nothing is installed, and it fails"

[ "$(grep -c apt-get "$tmp/err")" = 1 ] &&
	[ "$(sed -n 's/.*--no-install-recommends //p' "$tmp/err" |
		tr ' ' '\n' | sort | tr '\n' ' ')" = 'libsodium-dev nettle-dev ' ]
ok $? "one command names what is missing and no more"

MISSING=libcmocka-dev PATH=$tmp/bin:$PATH sh "$tmp/home/dev" check \
	>/dev/null 2>"$tmp/err" </dev/null
grep -q 'apt-get install .*libcmocka-dev$' "$tmp/err"
ok $? "the tests' own packages too"

MISSING=gcc PATH=$tmp/bin:$PATH sh "$tmp/home/dev" run --help \
	>"$tmp/out" 2>"$tmp/err" </dev/null
status=$?
[ -s "$tmp/err" ] && status=1
for option in $("$build/qingnang" practice --help | grep -o -- '^ *--[a-z]*'); do
	grep -q -- "^ *$option " "$tmp/out" || status=1
done
ok $status "./dev run --help builds nothing and knows each option"

mkdir "$tmp/pc" "$tmp/build"
for dir in $(pkg-config --variable pc_path pkg-config | tr : ' '); do
	cp "$dir"/*.pc "$tmp/pc" 2>/dev/null
done
rm "$tmp/pc/libcurl.pc" "$tmp/pc/p11-kit-1.pc"
(cd "$tmp/build" && PKG_CONFIG_LIBDIR=$tmp/pc "$top/configure" -q) \
	>/dev/null 2>"$tmp/err"
[ $? = 1 ] && grep -q 'libcurl.*p11-kit-1\|p11-kit-1.*libcurl' "$tmp/err" &&
	grep -q 'install libp11-kit-dev libcurl4-openssl-dev$' "$tmp/err"
ok $? "configure names two missing libraries in one command"

# QN_LIB([VARIABLE], [modules], [packages]); qn_missing([what], [package])
status=0
packages=$(sed -n 's/^QN_LIB(.*, \[\(.*\)\])$/\1/p;
	s/.*qn_missing(\[[a-z][a-z]*\], \[\([a-z0-9-]*\)\]).*/\1/p' \
	"$top/configure.ac")
list=" $(sed -n "/_packages='/,/'$/p" "$top/dev" |
	sed "s/.*='//; s/'//" | tr '\n' ' ') "
[ "$(echo "$packages" | wc -w)" -ge 15 ] || status=1
for package in $packages; do
	case $list in
	*" $package "*) ;;
	*) status=1; echo "# ./dev does not install $package";;
	esac
done
ok $status "every package that configure names is in ./dev"
