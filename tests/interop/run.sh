#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The client against an independent FHIR server: run.sh BUILD-DIR. Needs Node 20 or
# later, npm and openssl; what they lack is a failure, not a skip. The last line is
# "N passed, N failed".
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:?usage: run.sh BUILD-DIR}" && pwd) || exit 2

stop() {
	echo "$1" >&2
	echo "0 passed, 1 failed"
	exit 1
}

major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
[ "${major:-0}" -ge 20 ] || stop "The interop suite needs Node 20 or later\
 (here: $(node --version 2>/dev/null || echo none)); Debian 12 brings 18, take\
 it from https://nodejs.org."
command -v npm >/dev/null || stop "The interop suite needs npm."
command -v openssl >/dev/null || stop "The interop suite needs openssl."

# The packages go beside the build, never into the source tree. The lockfile
# pins each by version and hash.
work=$build/interop
mkdir -p "$work" || exit 1
cp "$here"/*.mjs "$here"/package.json "$here"/package-lock.json "$work"/ ||
	exit 1
stamp=$work/node_modules/.lock-used
if ! cmp -s "$here/package-lock.json" "$stamp"; then
	(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund \
		--loglevel=error) || stop "npm ci failed."
	cp "$here/package-lock.json" "$stamp"
fi
make -s -C "$build" tests/interop/cache tests/interop/orders \
	tests/interop/answers >/dev/null ||
	stop "tests/interop/cache and orders could not be built."

log=$work/log
(
	cd "$work" || exit 1
	node checker_selftest.mjs
	node orders.mjs "$build"
	node suite.mjs "$build" "$here/../fixtures/threads"
) 2>&1 | tee "$log" | grep -v 'passed, [0-9]* failed$'

# Three programs, each with a count of its own; one that died has none.
awk '/^[0-9]+ passed, [0-9]+ failed$/ { p += $1; f += $3; n++ }
	END { if (n != 3) f += 3 - n
	printf "%d passed, %d failed\n", p, f; exit f > 0 }' "$log"
