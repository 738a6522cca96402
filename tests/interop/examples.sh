#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# HL7's official R4 examples: examples.sh BUILD-DIR. Every file through fhir/ and
# back, then the clinic and the client on them. Needs Node 20 or later and npm; what
# they lack is a failure, not a skip. The last line is "N passed, N failed".
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:?usage: examples.sh BUILD-DIR}" && pwd) || exit 2
FILES=5306

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

# Beside the build, never into the source tree; pinned by the lockfile.
work=$build/interop/examples
mkdir -p "$work" || exit 1
cp "$here"/examples/package*.json "$work"/ || exit 1
cp "$here"/charts.mjs "$here"/client.mjs "$here"/lossless.mjs "$work"/ || exit 1
stamp=$work/node_modules/.lock-used
if ! cmp -s "$here/examples/package-lock.json" "$stamp"; then
	(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund \
		--loglevel=error) || stop "npm ci failed."
	cp "$here/examples/package-lock.json" "$stamp"
fi
make -s -C "$build" tests/interop/cache tests/interop/rewrite \
	tests/fhir/test_value tests/care/test_record >/dev/null ||
	stop "tests/interop/rewrite could not be built."

examples=$work/node_modules/hl7.fhir.r4.examples
rm -f "$examples/package.json" "$examples/.index.json" # npm's own
log=$work/log
{
	rewritten=$("$build/tests/interop/rewrite" "$examples" | tail -n 1)
	case $rewritten in
	"$FILES files, "*", 0 failed")
		echo "ok - rewrite: $rewritten"; echo "1 passed, 0 failed" ;;
	*)
		echo "not ok - rewrite: $rewritten"; echo "0 passed, 1 failed" ;;
	esac
	if QN_HL7_EXAMPLES=$examples "$build/tests/fhir/test_value"; then
		echo "ok - every value of an Observation is shown"
		echo "1 passed, 0 failed"
	else
		echo "not ok - every value of an Observation is shown"
		echo "0 passed, 1 failed"
	fi
	if QN_HL7_EXAMPLES=$examples "$build/tests/care/test_record"; then
		echo "ok - every value of a report and a medicine is shown"
		echo "1 passed, 0 failed"
	else
		echo "not ok - every value of a report and a medicine is shown"
		echo "0 passed, 1 failed"
	fi
	node "$work/charts.mjs" "$build" "$examples"
} 2>&1 | tee "$log" | grep -v 'passed, [0-9]* failed$'

awk '/^[0-9]+ passed, [0-9]+ failed$/ { p += $1; f += $3; n++ }
	END { if (n != 4) f += 4 - n
	printf "%d passed, %d failed\n", p, f; exit f > 0 }' "$log"
