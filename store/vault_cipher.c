/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and units. XTS because it keeps the size, changes only the 16-byte block
 * whose content changed (so a torn write tears no further than on a plain disk)
 * and needs no place for a nonce. It has no integrity; see qingnang-vault(7).
 */
#include "store/vault.h"

#include <nettle/aes.h>
#include <sodium.h>
#include <string.h>

#define BLOCK_BYTES 16
#define BLOCKS (VAULT_UNIT_BYTES / BLOCK_BYTES)

/*
 * The AES is nettle's: libcrypto has the same, but its 21,000 relocations are
 * two thirds of what a program that loads it does before main(), a fifth of the
 * first screen. nettle's own XTS goes block by block; here a unit goes through
 * AES at once, four times as fast.
 */
struct vault_cipher { struct aes256_ctx seal, unseal, tweak; };

static void
subkey_make(const struct base_secret *data_key, const unsigned char *salt,
    enum vault_kind kind, unsigned char subkey[VAULT_SUBKEY_BYTES])
{
	static const char domain[] = "qingnang vault 1";
	unsigned char which = (unsigned char)kind;
	crypto_generichash_state state;
	crypto_generichash_init(&state, vault_secret_bytes(data_key),
	    base_secret_len(data_key), VAULT_SUBKEY_BYTES);
	crypto_generichash_update(&state, (const unsigned char *)domain,
	    sizeof(domain));
	crypto_generichash_update(&state, salt, VAULT_SALT_BYTES);
	crypto_generichash_update(&state, &which, 1);
	crypto_generichash_final(&state, subkey, VAULT_SUBKEY_BYTES);
	sodium_memzero(&state, sizeof(state));
}

struct vault_cipher *
vault_cipher_new(const unsigned char subkey[VAULT_SUBKEY_BYTES])
{
	struct vault_cipher *cipher = g_new0(struct vault_cipher, 1);
	aes256_set_encrypt_key(&cipher->seal, subkey);
	aes256_invert_key(&cipher->unseal, &cipher->seal);
	aes256_set_encrypt_key(&cipher->tweak,
	    subkey + VAULT_SUBKEY_BYTES / 2);
	return cipher;
}

struct vault_cipher *
vault_cipher_derive(const struct base_secret *data_key,
    const unsigned char *salt, enum vault_kind kind)
{
	unsigned char subkey[VAULT_SUBKEY_BYTES];
	if (salt)
		subkey_make(data_key, salt, kind, subkey);
	else
		randombytes_buf(subkey, sizeof(subkey));
	struct vault_cipher *cipher = vault_cipher_new(subkey);
	sodium_memzero(subkey, sizeof(subkey));
	return cipher;
}

struct vault_cipher *
vault_cipher_copy(const struct vault_cipher *cipher)
{
	return g_memdup2(cipher, sizeof(*cipher));
}

void
vault_cipher_free(struct vault_cipher *cipher)
{
	if (cipher == NULL)
		return;
	sodium_memzero(cipher, sizeof(*cipher));
	g_free(cipher);
}

/* IEEE 1619, 5.2: the unit's number encrypted, then for each further block
 * multiplied by alpha in GF(2^128), bytes counted from the lowest. */
static void
tweaks_of(const struct vault_cipher *cipher, int64_t unit,
    uint64_t tweaks[BLOCKS * 2])
{
	uint64_t first[2] = { GUINT64_TO_LE((uint64_t)unit), 0 };
	aes256_encrypt(&cipher->tweak, BLOCK_BYTES, (uint8_t *)tweaks,
	    (const uint8_t *)first);
	uint64_t low = GUINT64_FROM_LE(tweaks[0]);
	uint64_t high = GUINT64_FROM_LE(tweaks[1]);
	for (size_t i = 2; i < BLOCKS * 2; i += 2) {
		uint64_t carry = (0 - (high >> 63)) & 0x87;
		high = high << 1 | low >> 63;
		low = low << 1 ^ carry;
		tweaks[i] = GUINT64_TO_LE(low);
		tweaks[i + 1] = GUINT64_TO_LE(high);
	}
}

/* nettle's own xor goes eight bytes at a time. */
typedef uint64_t lane __attribute__((vector_size(BLOCK_BYTES), aligned(1),
    may_alias));

static inline void
whiten(unsigned char *bytes, const uint64_t tweaks[BLOCKS * 2])
{
	const lane *tweak = (const lane *)tweaks;
	lane *block = (lane *)bytes;
	for (size_t i = 0; i < BLOCKS; i++)
		block[i] ^= tweak[i];
}

void
vault_seal(const struct vault_cipher *cipher, int64_t unit,
    unsigned char *bytes, size_t units)
{
	uint64_t tweaks[BLOCKS * 2];
	for (size_t i = 0; i < units; i++, bytes += VAULT_UNIT_BYTES) {
		tweaks_of(cipher, unit + (int64_t)i, tweaks);
		whiten(bytes, tweaks);
		aes256_encrypt(&cipher->seal, VAULT_UNIT_BYTES, bytes, bytes);
		whiten(bytes, tweaks);
	}
}

/* One bit a block that lies in a hole of the file. */
static uint32_t
holes(const unsigned char *bytes)
{
	uint32_t found = 0;
	for (unsigned i = 0; i < BLOCKS; i++) {
		uint64_t half[2];
		memcpy(half, bytes + i * BLOCK_BYTES, sizeof(half));
		found |= (uint32_t)((half[0] | half[1]) == 0) << i;
	}
	return found;
}

void
vault_unseal(const struct vault_cipher *cipher, int64_t unit,
    unsigned char *bytes, size_t units)
{
	uint64_t tweaks[BLOCKS * 2];
	for (size_t i = 0; i < units; i++, bytes += VAULT_UNIT_BYTES) {
		uint32_t empty = holes(bytes);
		if (empty == UINT32_MAX)
			continue;
		tweaks_of(cipher, unit + (int64_t)i, tweaks);
		whiten(bytes, tweaks);
		aes256_decrypt(&cipher->unseal, VAULT_UNIT_BYTES, bytes, bytes);
		whiten(bytes, tweaks);
		for (unsigned b = 0; empty; b++, empty >>= 1)
			if (empty & 1)
				memset(bytes + b * BLOCK_BYTES, 0, BLOCK_BYTES);
	}
}
