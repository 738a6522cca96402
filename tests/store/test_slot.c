/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves: the key slot gives its key to the passphrase and to nothing else; a
 * damaged slot is told from a wrong passphrase, bit by bit; a slot may not ask
 * for absurd work; the passphrase is changed without rewriting the cache; the
 * kernel keyring gives, expires on revoke, and its absence is no error.
 */
#include "tests/store/test_vault_kit.h"

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOT_BYTES 152

/* Cheap, for the tests alone. */
static const struct vault_kdf cheap = { .ops = 1, .mem_bytes = 8192 };

static struct base_secret *
secret(const char *words)
{
	g_autofree char *copy = g_strdup(words);
	return base_secret_take(copy, strlen(copy));
}

static bool
same(struct base_secret *a, struct base_secret *b)
{
	return base_secret_len(a) == base_secret_len(b) &&
	    memcmp(base_secret_data(a), base_secret_data(b),
	    base_secret_len(a)) == 0;
}

static struct base_secret *
make(const struct kit *kit, const char *words)
{
	BASE_AUTO(base_secret) pass = secret(words);
	struct base_secret *key = NULL;
	assert_true(vault_slot_create(kit->dir, pass, &cheap, &key, NULL));
	return key;
}

static char *
slot_file(const struct kit *kit)
{
	return g_build_filename(kit->dir, "cache.key", NULL);
}

static void
assert_fails(const struct kit *kit, const char *words, enum store_error code)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_secret) pass = secret(words);
	assert_null(vault_slot_open(kit->dir, pass, &error));
	if (!g_error_matches(error, STORE_ERROR, (int)code))
		fail_msg("%d instead of %d: %s", error->code, code,
		    error->message);
}

static void
gives_its_key(void **state)
{
	struct kit *kit = *state;
	struct stat st;
	g_autofree char *path = slot_file(kit);
	assert_false(vault_slot_exists(kit->dir));
	assert_fails(kit, "x", STORE_ERROR_NO_SLOT);
	BASE_AUTO(base_secret) key = make(kit, "青囊 correct horse");
	assert_true(vault_slot_exists(kit->dir));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, SLOT_BYTES);
	BASE_AUTO(base_secret) pass = secret("青囊 correct horse");
	BASE_AUTO(base_secret) again = vault_slot_open(kit->dir, pass, NULL);
	assert_non_null(again);
	assert_true(same(key, again));
	assert_fails(kit, "青囊 correct hors", STORE_ERROR_WRONG_PASSPHRASE);
	g_autoptr(GByteArray) file = kit_bytes(path);
	assert_null(memmem(file->data, file->len, base_secret_data(key), 16));
}

static void
keys_are_random(void **state)
{
	struct kit *kit = *state;
	g_autofree char *path = slot_file(kit);
	BASE_AUTO(base_secret) one = make(kit, "same");
	g_autoptr(GByteArray) first = kit_bytes(path);
	g_unlink(path);
	BASE_AUTO(base_secret) two = make(kit, "same");
	g_autoptr(GByteArray) second = kit_bytes(path);
	assert_false(same(one, two));
	assert_memory_not_equal(first->data + 32, second->data + 32, 16);
}

static void
never_overwritten_by_a_new_one(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_secret) key = make(kit, "first");
	BASE_AUTO(base_secret) pass = secret("second");
	BASE_AUTO(base_secret) other = NULL;
	assert_false(vault_slot_create(kit->dir, pass, &cheap, &other,
	    &error));
	assert_null(other);
	assert_non_null(error);
	BASE_AUTO(base_secret) first = secret("first");
	BASE_AUTO(base_secret) again = vault_slot_open(kit->dir, first, NULL);
	assert_true(again && same(key, again));
}

/* Every bit and every length: never "wrong passphrase", never the key. */
static void
damage_is_told_apart(void **state)
{
	struct kit *kit = *state;
	g_autofree char *path = slot_file(kit);
	base_secret_free(make(kit, "right"));
	g_autoptr(GByteArray) whole = kit_bytes(path);
	for (guint bit = 0; bit < SLOT_BYTES * 8; bit += 3) {
		whole->data[bit / 8] ^= (guint8)(1 << bit % 8);
		kit_write(path, whole);
		assert_fails(kit, "right", STORE_ERROR_SLOT_DAMAGED);
		assert_fails(kit, "wrong", STORE_ERROR_SLOT_DAMAGED);
		whole->data[bit / 8] ^= (guint8)(1 << bit % 8);
	}
	for (guint len = 0; len < SLOT_BYTES; len += 7) {
		GByteArray part = { whole->data, len };
		kit_write(path, &part);
		assert_fails(kit, "right", STORE_ERROR_SLOT_DAMAGED);
	}
	assert_true(g_file_set_contents(path, "a key slot it is not, but a"
	    " longish text of more bytes than one hundred and fifty-two, which"
	    " is what a whole slot takes, so that the size alone does not tell",
	    -1, NULL));
	assert_fails(kit, "right", STORE_ERROR_SLOT_DAMAGED);
}

static void
put_le64(guint8 *at, uint64_t n)
{
	n = GUINT64_TO_LE(n);
	memcpy(at, &n, sizeof(n));
}

/* A slot made by an enemy, with a hash that fits. */
static void
plant(const struct kit *kit, const GByteArray *whole, int version,
    uint64_t ops, uint64_t mem_bytes)
{
	g_autofree char *path = slot_file(kit);
	guint8 bytes[SLOT_BYTES];
	memcpy(bytes, whole->data, sizeof(bytes));
	bytes[15] = (guint8)version;
	put_le64(bytes + 16, ops);
	put_le64(bytes + 24, mem_bytes);
	crypto_generichash(bytes + 120, 32, bytes, 120, NULL, 0);
	GByteArray planted = { bytes, sizeof(bytes) };
	kit_write(path, &planted);
}

static void
absurd_work_is_refused(void **state)
{
	struct kit *kit = *state;
	g_autofree char *path = slot_file(kit);
	base_secret_free(make(kit, "right"));
	g_autoptr(GByteArray) whole = kit_bytes(path);
	const uint64_t bad[][2] = { { 0, 8192 }, { 11, 8192 },
		{ UINT64_MAX, 8192 }, { 1, 0 }, { 1, 8191 },
		{ 1, ((uint64_t)1 << 30) + 1 }, { 1, UINT64_MAX } };
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		const struct vault_kdf kdf = { bad[i][0], bad[i][1] };
		plant(kit, whole, 1, kdf.ops, kdf.mem_bytes);
		assert_fails(kit, "right", STORE_ERROR_SLOT_DAMAGED);
		g_autoptr(GError) error = NULL;
		BASE_AUTO(base_secret) pass = secret("x");
		assert_false(vault_slot_change(kit->dir, pass, pass, &kdf,
		    &error));
		assert_true(g_error_matches(error, STORE_ERROR,
		    STORE_ERROR_INVALID));
	}
	plant(kit, whole, 2, 1, 8192);
	assert_fails(kit, "right", STORE_ERROR_NEWER);
	/* In range, but not what it was wrapped with. */
	plant(kit, whole, 1, 2, 8192);
	assert_fails(kit, "right", STORE_ERROR_WRONG_PASSPHRASE);
}

static void
no_empty_passphrase(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_secret) pass = base_secret_new(0);
	BASE_AUTO(base_secret) key = NULL;
	assert_false(vault_slot_create(kit->dir, pass, &cheap, &key, &error));
	assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_INVALID));
	assert_false(vault_slot_exists(kit->dir));
}

static void
changed_without_rewriting(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_secret) key = make(kit, "old");
	BASE_AUTO(base_secret) old_pass = secret("old");
	BASE_AUTO(base_secret) new_pass = secret("new");
	sqlite3 *db = kit_open(kit->path, key);
	kit_exec(db, "CREATE TABLE t(x); INSERT INTO t VALUES(42)");
	sqlite3_close(db);
	g_autoptr(GByteArray) before = kit_bytes(kit->path);
	assert_false(vault_slot_change(kit->dir, new_pass, old_pass, &cheap,
	    &error));
	assert_true(g_error_matches(error, STORE_ERROR,
	    STORE_ERROR_WRONG_PASSPHRASE));
	assert_true(vault_slot_change(kit->dir, old_pass, new_pass, &cheap,
	    NULL));
	assert_fails(kit, "old", STORE_ERROR_WRONG_PASSPHRASE);
	BASE_AUTO(base_secret) again = vault_slot_open(kit->dir, new_pass,
	    NULL);
	assert_true(again && same(key, again));
	g_autoptr(GByteArray) after = kit_bytes(kit->path);
	assert_int_equal(before->len, after->len);
	assert_memory_equal(before->data, after->data, before->len);
	db = kit_open(kit->path, again);
	assert_int_equal(kit_int(db, "SELECT x FROM t"), 42);
	sqlite3_close(db);
}

/* A change that cannot be written leaves the slot that was there. */
static void
a_failed_change_keeps_the_old(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(base_secret) key = make(kit, "old");
	BASE_AUTO(base_secret) old_pass = secret("old");
	BASE_AUTO(base_secret) new_pass = secret("new");
	g_autofree char *gone = g_build_filename(kit->dir, "no", "such", NULL);
	g_autoptr(GError) error = NULL;
	assert_false(vault_slot_change(gone, old_pass, new_pass, &cheap,
	    &error));
	BASE_AUTO(base_secret) again = vault_slot_open(kit->dir, old_pass,
	    NULL);
	assert_true(again && same(key, again));
}

static void
the_default_is_the_documented_one(void **state)
{
	assert_int_equal(vault_kdf_default.ops, 3);
	assert_int_equal(vault_kdf_default.mem_bytes, 256 * 1024 * 1024);
}

/* Where the kernel denies keyrings, put says so and get finds nothing. */
static void
keyring(void **state)
{
	struct kit *kit = *state;
	const char *dir = kit->dir;
	assert_false(vault_keyring_put(dir, kit->key, 60)); /* no slot yet */
	BASE_AUTO(base_secret) first = make(kit, "one");
	assert_null(vault_keyring_get(dir));
	assert_false(vault_keyring_put(dir, kit->key, 0));
	bool usable = vault_keyring_put(dir, kit->key, 60);
	BASE_AUTO(base_secret) got = vault_keyring_get(dir);
	assert_true(usable == (got != NULL));
	if (got)
		assert_true(same(got, kit->key));
	else
		print_message("# this kernel gives no keyring\n");
	BASE_AUTO(base_secret) other = kit_key(0x77);
	assert_true(vault_keyring_put(dir, other, 60) == usable);
	BASE_AUTO(base_secret) latest = vault_keyring_get(dir);
	assert_true(!usable || same(latest, other));
	vault_keyring_revoke(dir);
	assert_null(vault_keyring_get(dir));
	vault_keyring_revoke(dir);

	/* A cache made anew in the same place is not opened by the old key. */
	g_autofree char *path = slot_file(kit);
	assert_true(vault_keyring_put(dir, other, 60) == usable);
	assert_int_equal(unlink(path), 0);
	BASE_AUTO(base_secret) second = make(kit, "two");
	assert_null(vault_keyring_get(dir));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_its_key),
		TEST(keys_are_random),
		TEST(never_overwritten_by_a_new_one),
		TEST(damage_is_told_apart),
		TEST(absurd_work_is_refused),
		TEST(no_empty_passphrase),
		TEST(changed_without_rewriting),
		TEST(a_failed_change_keeps_the_old),
		TEST(the_default_is_the_documented_one),
		TEST(keyring),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
