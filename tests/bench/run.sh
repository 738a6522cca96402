#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The numbers of the issue (§8), each beside its floor or limit, measured in this
# run; exits 1 when one is over. usage: run.sh BUILD_DIR [CONSULTATIONS MESSAGES]
set -u
build=$(cd "${1:?usage: run.sh BUILD_DIR [CONSULTATIONS MESSAGES]}" && pwd)
consults=${2:-100000}
messages=${3:-1000000}
work=$(mktemp -d "${TMPDIR:-/tmp}/qingnang-bench.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

make -s -C "$build" bench-programs || exit 2

# One line that says on what this was measured.
cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
echo "qingnang bench: $consults consultations, $messages messages;" \
	"$(nproc) x $cpu, Linux $(uname -r)"

status=0
run() {
	"$@"
	code=$?
	[ "$code" -le "$status" ] || status=$code
	if [ "$code" -gt 1 ]; then
		echo "$(basename "$1"): could not be measured" >&2
	fi
}

cache=$work/state/qingnang/bench
mkdir -p "$cache"
bench=$build/tests/bench
run "$bench/bench_ingest" "$cache" "$consults" "$messages"
run "$bench/bench_screen" "$work" "$build" "$consults"
run "$bench/bench_store" "$cache" "$consults" "$messages"
run "$bench/bench_search" "$cache"
run "$bench/bench_results" "$cache"
run "$bench/bench_sync" "$work" "$build"
mkdir -p "$work/rx"
run "$bench/bench_rx" "$work/rx" "$(dirname "$0")/../../rules"
[ "$status" -eq 0 ] || exit 1
