/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves: the map from SQLite's bytes to the file's loses none and merges none;
 * in a WAL no two frames share a unit and pages begin on one; a file's size
 * gives back what was written, whatever a crash left behind it.
 */
#include "store/vault.h"
#include "tests/tap.h"

#define WAL_HEAD 32
#define FRAME (24 + 4096)

static void
every_byte_has_its_place(void **state)
{
	for (int kind = VAULT_MAIN; kind <= VAULT_TEMP; kind++) {
		int64_t last = -1;
		for (int64_t at = 0; at < WAL_HEAD + 5 * FRAME; at++) {
			int64_t place = vault_map_offset(kind, at);
			assert_true(place > last);
			last = place;
		}
	}
}

static void
runs_are_contiguous(void **state)
{
	for (int64_t at = 0; at < WAL_HEAD + 4 * FRAME; at++) {
		int64_t run = vault_map_run(VAULT_WAL, at);
		assert_true(run > 0 && run <= 4096);
		int64_t end = vault_map_offset(VAULT_WAL, at + run - 1);
		assert_int_equal(end - vault_map_offset(VAULT_WAL, at),
		    run - 1);
		assert_true(vault_map_offset(VAULT_WAL, at + run) > end + 1 ||
		    (end + 1) % VAULT_UNIT_BYTES == 0);
	}
}

static void
frames_share_no_unit(void **state)
{
	int64_t owner_end = 1;
	for (int64_t f = 0; f < 1000; f++) {
		int64_t at = WAL_HEAD + f * FRAME;
		int64_t first = vault_map_offset(VAULT_WAL, at);
		int64_t last = vault_map_offset(VAULT_WAL, at + FRAME - 1);
		assert_int_equal(first, 512 + 4608 * f);
		assert_int_equal(first / VAULT_UNIT_BYTES, owner_end);
		assert_int_equal(vault_map_offset(VAULT_WAL, at + 24) %
		    VAULT_UNIT_BYTES, 0);
		owner_end = last / VAULT_UNIT_BYTES + 1;
	}
}

/* live() counts exactly the mapped bytes of each unit. */
static void
live_bytes_are_the_mapped_ones(void **state)
{
	int live[200] = { 0 };
	for (int64_t at = 0; at < WAL_HEAD + 20 * FRAME; at++)
		live[vault_map_offset(VAULT_WAL, at) / VAULT_UNIT_BYTES]++;
	for (int unit = 0; unit < 1 + 20 * 9; unit++)
		assert_int_equal(live[unit], vault_map_live(VAULT_WAL, unit));
	assert_int_equal(vault_map_live(VAULT_MAIN, 7), VAULT_UNIT_BYTES);
}

static void
sizes_come_back(void **state)
{
	for (int64_t n = 1; n < WAL_HEAD + 4 * FRAME; n++) {
		int64_t end = vault_map_offset(VAULT_WAL, n - 1) + 1;
		assert_int_equal(vault_map_size(VAULT_WAL, end), n);
	}
	int64_t before = 0;
	for (int64_t bytes = 0; bytes < 20000; bytes++) {
		int64_t size = vault_map_size(VAULT_WAL, bytes);
		assert_true(size >= before && size <= bytes);
		before = size;
	}
	assert_int_equal(vault_map_size(VAULT_MAIN, 0), 0);
	assert_int_equal(vault_map_size(VAULT_MAIN, 4096), 0);
	assert_int_equal(vault_map_size(VAULT_MAIN, 12288), 8192);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_has_its_place),
		cmocka_unit_test(runs_are_contiguous),
		cmocka_unit_test(frames_share_no_unit),
		cmocka_unit_test(live_bytes_are_the_mapped_ones),
		cmocka_unit_test(sizes_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
