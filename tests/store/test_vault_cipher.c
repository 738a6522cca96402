/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A unit of the vault is what IEEE 1619 calls XTS-AES-256: the standard's own
 * vector 10, and OpenSSL's AES-256-XTS on units with random keys, numbers and
 * content, sealed one by one and several at once. A hole opens to zeros; a
 * changed block changes itself alone.
 */
#include "store/vault.h"
#include "tests/tap.h"

#include <openssl/evp.h>
#include <string.h>

#define KEY_BYTES VAULT_SUBKEY_BYTES
#define UNITS 9 /* a frame of the WAL */
#define ROUNDS 200

static void
random_bytes(GRand *rand, unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = (unsigned char)g_rand_int_range(rand, 0, 256);
}

/* Vector 10: the first and last blocks of its 512 bytes. */
static void
the_standard_s_vector(void **state)
{
	static const unsigned char key[KEY_BYTES] = {
		0x27, 0x18, 0x28, 0x18, 0x28, 0x45, 0x90, 0x45,
		0x23, 0x53, 0x60, 0x28, 0x74, 0x71, 0x35, 0x26,
		0x62, 0x49, 0x77, 0x57, 0x24, 0x70, 0x93, 0x69,
		0x99, 0x59, 0x57, 0x49, 0x66, 0x96, 0x76, 0x27,
		0x31, 0x41, 0x59, 0x26, 0x53, 0x58, 0x97, 0x93,
		0x23, 0x84, 0x62, 0x64, 0x33, 0x83, 0x27, 0x95,
		0x02, 0x88, 0x41, 0x97, 0x16, 0x93, 0x99, 0x37,
		0x51, 0x05, 0x82, 0x09, 0x74, 0x94, 0x45, 0x92 };
	static const unsigned char first[16] = {
		0x1c, 0x3b, 0x3a, 0x10, 0x2f, 0x77, 0x03, 0x86,
		0xe4, 0x83, 0x6c, 0x99, 0xe3, 0x70, 0xcf, 0x9b };
	static const unsigned char last[16] = {
		0xc4, 0xf3, 0x6f, 0xfd, 0xa9, 0xfc, 0xea, 0x70,
		0xb9, 0xc6, 0xe6, 0x93, 0xe1, 0x48, 0xc1, 0x51 };
	BASE_AUTO(vault_cipher) cipher = vault_cipher_new(key);
	unsigned char unit[VAULT_UNIT_BYTES];

	for (size_t i = 0; i < sizeof(unit); i++)
		unit[i] = (unsigned char)i;
	vault_seal(cipher, 0xff, unit, 1);
	assert_memory_equal(unit, first, sizeof(first));
	assert_memory_equal(unit + sizeof(unit) - sizeof(last), last,
	    sizeof(last));
}

static void
openssl_seal(const unsigned char key[KEY_BYTES], int64_t number,
    unsigned char *bytes)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	unsigned char tweak[16] = { 0 };
	int len = 0;

	for (int i = 0; i < 8; i++)
		tweak[i] = (unsigned char)((uint64_t)number >> 8 * i);
	assert_int_equal(EVP_EncryptInit_ex(ctx, EVP_aes_256_xts(), NULL, key,
	    tweak), 1);
	assert_int_equal(EVP_EncryptUpdate(ctx, bytes, &len, bytes,
	    VAULT_UNIT_BYTES), 1);
	assert_int_equal(len, VAULT_UNIT_BYTES);
	EVP_CIPHER_CTX_free(ctx);
}

static void
openssl_says_the_same(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1619);
	unsigned char plain[UNITS * VAULT_UNIT_BYTES], ours[sizeof(plain)],
	    theirs[sizeof(plain)], key[KEY_BYTES];

	for (int round = 0; round < ROUNDS; round++) {
		size_t units = 1 + (size_t)round % UNITS;
		int64_t number = (int64_t)g_rand_int(rand) <<
		    g_rand_int_range(rand, 0, 28);
		BASE_AUTO(vault_cipher) cipher = NULL;

		random_bytes(rand, key, sizeof(key));
		random_bytes(rand, plain, sizeof(plain));
		cipher = vault_cipher_new(key);
		memcpy(ours, plain, sizeof(plain));
		memcpy(theirs, plain, sizeof(plain));
		vault_seal(cipher, number, ours, units);
		for (size_t i = 0; i < units; i++)
			openssl_seal(key, number + (int64_t)i,
			    theirs + i * VAULT_UNIT_BYTES);
		assert_memory_equal(ours, theirs, sizeof(ours));
		vault_unseal(cipher, number, ours, units);
		assert_memory_equal(ours, plain, sizeof(ours));
	}
}

/* Blocks of 16 bytes: one a hole, one garbled, the others as they were. */
static void
blocks_stand_alone(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(16);
	unsigned char plain[VAULT_UNIT_BYTES], unit[sizeof(plain)],
	    key[KEY_BYTES];
	static const unsigned char zeros[VAULT_UNIT_BYTES];
	BASE_AUTO(vault_cipher) cipher = NULL;

	random_bytes(rand, key, sizeof(key));
	random_bytes(rand, plain, sizeof(plain));
	cipher = vault_cipher_new(key);
	memcpy(unit, plain, sizeof(unit));
	vault_seal(cipher, 7, unit, 1);
	memset(unit + 16 * 3, 0, 16);
	unit[16 * 9] ^= 1;
	vault_unseal(cipher, 7, unit, 1);
	for (size_t block = 0; block < sizeof(unit) / 16; block++) {
		const unsigned char *is = unit + 16 * block;

		if (block == 3)
			assert_memory_equal(is, zeros, 16);
		else if (block == 9)
			assert_memory_not_equal(is, plain + 16 * block, 16);
		else
			assert_memory_equal(is, plain + 16 * block, 16);
	}
	memset(unit, 0, sizeof(unit));
	vault_unseal(cipher, 8, unit, 1);
	assert_memory_equal(unit, zeros, sizeof(unit));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standard_s_vector),
		cmocka_unit_test(openssl_says_the_same),
		cmocka_unit_test(blocks_stand_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
