# SPDX-License-Identifier: Apache-2.0
# Each room's tests link that room and the rooms it may include, no others.
TEST_CPPFLAGS = $(AM_CPPFLAGS) -DCMOCKA_TESTS
EXTRA_DIST += tests/tap.h tests/kit_hsm.h
include tests/base/local.mk
include tests/fhir/local.mk
include tests/care/local.mk
include tests/store/local.mk
include tests/net/local.mk
include tests/picture/local.mk
include tests/tui/local.mk
include tests/cli/local.mk
include tests/clinic/local.mk
include tests/bench/local.mk
include tests/interop/local.mk

# For ./dev fuzz: the targets, one for each parser.
fuzz-targets:
	@for p in $(check_PROGRAMS); do \
		case $$p in tests/fuzz/*) echo $$p;; esac; done
