#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Renders the golden screens, and the practice clinic as the READMEs show it, to
# pictures: shots.sh BUILDDIR DIR.
set -eu
build=$1 dir=$2
top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$dir"
make -s -C "$build" tests/tui/test_screens \
	tests/tui/test_prescribing tests/tui/test_whole \
	tests/tui/shot_practice
for t in test_screens test_prescribing test_whole; do
	QN_TEST_SRCDIR=$top QN_TEST_BUILDDIR=$build QN_SHOTS=$dir \
		LC_ALL=C.UTF-8 "$build/tests/tui/$t" >/dev/null
done
QN_TEST_BUILDDIR=$build QN_SHOTS=$dir LC_ALL=C.UTF-8 \
	"$build/tests/tui/shot_practice" >/dev/null
for svg in "$dir"/*.svg; do
	rsvg-convert "$svg" -o "${svg%.svg}.png"
done
echo "$(ls "$dir" | grep -c 'png$') pictures in $dir"
