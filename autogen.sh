#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes configure in a fresh checkout. Needs autoconf, automake, pkg-config.
set -e
cd "$(dirname "$0")"
mkdir -p build-aux m4
autoreconf --install --force >/dev/null
