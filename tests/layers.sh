#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The walls of the house (architecture.md, "Rooms"): who may include whom, which
# room alone may include which library, and what the linked programs need. Each
# check is first made to fail on a sample of its own.
src=${QN_TEST_SRCDIR:-.}
build=${QN_TEST_BUILDDIR:-.}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
count=0
failed=0

# room:rooms whose headers it may include, besides its own
arrows='base:
fhir:base
care:fhir base
store:fhir base
net:store fhir base
picture:base
tui:store care fhir base
cli:tui store care fhir base
clinic:base'

# header, as an extended regular expression:rooms that may include it
libraries='curl/:net
libwebsockets:net clinic
sqlite3(ext)?[.]h:store clinic
(n?curses|term|panel|ncursesw/.*)[.]h:tui
chafa:picture
(png|jpeglib|gif_lib|webp/.*)[.]h:picture
jansson:fhir clinic
sodium:base store
openssl/:net clinic
nettle/:store
gmp[.]h:store
p11-kit/:store
(unistr|unictype|unigbrk|unilbrk|unicase|uninorm|uniwidth)[.]h:base'

ok() # ok STATUS NAME
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		failed=1
	fi
}

sources() # sources TREE ROOM
{
	find "$1/$2" -name '*.[ch]' 2>/dev/null | sort
}

# Prints every include that no arrow allows, and fails if there is one.
bad_arrows() # bad_arrows TREE
{
	printf '%s\n' "$arrows" | {
		bad=0
		while IFS=: read -r room may; do
			pattern=$(echo "$room $may" | tr -s ' ' '|' |
				sed 's/|$//')
			for file in $(sources "$1" "$room"); do
				grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$file" |
					grep -vE "\"(($pattern)/[^\"]*|config[.]h)\"" |
					sed "s|^|# $file:|" | grep . && bad=1
			done
		done
		return $bad
	}
}

bad_libraries() # bad_libraries TREE
{
	printf '%s\n' "$libraries" | {
		bad=0
		while IFS=: read -r header rooms; do
			for room in base fhir care store net picture tui cli clinic; do
				case " $rooms " in *" $room "*) continue ;; esac
				for file in $(sources "$1" "$room"); do
					grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<$header" "$file" |
						sed "s|^|# $file:|" | grep . && bad=1
				done
			done
		done
		return $bad
	}
}

# No needed library of the program matches.
bad_needed() # bad_needed FILE PATTERN
{
	readelf -d "$1" > "$work/needed" 2>/dev/null || return 1
	grep -q NEEDED "$work/needed" || return 1
	! grep NEEDED "$work/needed" | grep -E "$2" | sed 's/^/# /' | grep .
}

no_symbols() # no_symbols FILE PATTERN
{
	nm "$1" > "$work/symbols" 2>/dev/null || return 1
	grep -q ' T main$' "$work/symbols" || return 1
	! grep -E " [A-Za-z] $2" "$work/symbols" | sed 's/^/# /' | head -n 5 |
		grep .
}

# ---- the checks can fail
mkdir -p "$work/care" "$work/tui"
echo '#include "store/store.h"' > "$work/care/a.c"
echo '# include <curl/curl.h>' > "$work/tui/b.c"
bad_arrows "$work" > "$work/out"; test $? -ne 0 && grep -q care/a.c "$work/out"
ok $? "a sideways include is found"
bad_libraries "$work" > "$work/out"; test $? -ne 0 && grep -q tui/b.c "$work/out"
ok $? "a foreign library is found"
echo '#include "care/care.h"' > "$work/care/a.c"
echo '#include <curses.h>' > "$work/tui/b.c"
bad_arrows "$work" && bad_libraries "$work"
ok $? "a house in order passes"
bad_needed "$build/qingnang" libc[.]so > "$work/out"; test $? -ne 0
ok $? "a needed library is found"
no_symbols "$build/qingnang-clinic" clinic_main > "$work/out"; test $? -ne 0
ok $? "a symbol is found"

# ---- the house
bad_arrows "$src"
ok $? "includes follow the arrows"
bad_libraries "$src"
ok $? "each library in its own rooms"
bad_needed "$build/qingnang" 'libcurl|libwebsockets|libssl|libcrypto|libseccomp|libicu'
ok $? "qingnang has no network library"
bad_needed "$build/qingnang-sync" 'libncurses|libtinfo|libchafa|libicu|libstdc'
ok $? "qingnang-sync cannot draw"
bad_needed "$build/qingnang-clinic" 'libncurses|libtinfo|libcurl'
ok $? "qingnang-clinic neither draws nor calls out"
bad_needed "$build/qingnang" 'libchafa|libpng|libjpeg|libgif|libwebp'
ok $? "qingnang decodes no pictures"
bad_needed "$build/qingnang-picture" 'libcurl|libwebsockets|libssl|libcrypto|libsqlite3|libncurses|libjansson'
ok $? "qingnang-picture has neither network, cache nor screen"
no_symbols "$build/qingnang-picture" '(fhir|care|store|net|tui|cli|clinic)_[a-z]'
ok $? "qingnang-picture has nothing of the other rooms"
no_symbols "$build/qingnang-clinic" '(fhir|care|store)_'
ok $? "qingnang-clinic has nothing of the client's rooms"
no_symbols "$build/qingnang" '(net|clinic)_[a-z]'
ok $? "qingnang has nothing of net/ or clinic/"
no_symbols "$build/qingnang" '(curl|lws|SSL|EVP|seccomp)_[a-zA-Z]'
ok $? "nor a network library taken from an archive"
no_symbols "$build/qingnang-sync" '(tui|cli|clinic)_[a-z]'
ok $? "qingnang-sync has nothing of tui/, cli/ or clinic/"
echo "1..$count"
exit $failed
