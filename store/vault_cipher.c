/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and units. XTS because it keeps the size, changes only the 16-byte block
 * whose content changed (so a torn write tears no further than on a plain disk)
 * and needs no place for a nonce. It has no integrity; see qingnang-vault(7).
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* see method_new() */
#include "store/vault.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

#define XTS_KEY_BYTES 64
#define BLOCK_BYTES 16

struct vault_cipher {
	EVP_CIPHER *method;            /* NULL: libcrypto's own */
	EVP_CIPHER_CTX *seal, *unseal; /* libcrypto wipes their schedules */
};

struct base_secret *
vault_subkey(const struct base_secret *data_key, const unsigned char *salt,
    enum vault_kind kind)
{
	static const char domain[] = "qingnang vault 1";
	struct base_secret *subkey = base_secret_new(XTS_KEY_BYTES);
	if (salt == NULL) {
		randombytes_buf(base_secret_data(subkey), XTS_KEY_BYTES);
		return subkey;
	}
	unsigned char which = (unsigned char)kind;
	crypto_generichash_state state;
	crypto_generichash_init(&state, vault_secret_bytes(data_key),
	    base_secret_len(data_key), XTS_KEY_BYTES);
	crypto_generichash_update(&state, (const unsigned char *)domain,
	    sizeof(domain));
	crypto_generichash_update(&state, salt, VAULT_SALT_BYTES);
	crypto_generichash_update(&state, &which, 1);
	crypto_generichash_final(&state, base_secret_data(subkey),
	    XTS_KEY_BYTES);
	sodium_memzero(&state, sizeof(state));
	return subkey;
}

void
vault_cipher_lean(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

/*
 * The same AES, asked for as a method of its own: libcrypto's providers take a
 * millisecond to load, a seventh of the first screen. Where a later OpenSSL has
 * this no more, the providers' it is. NULL: use EVP_aes_256_xts().
 */
static EVP_CIPHER *
method_new(void)
{
#if OPENSSL_VERSION_MAJOR == 3
	return EVP_CIPHER_meth_dup(EVP_aes_256_xts());
#else
	return NULL;
#endif
}

static void
method_free(EVP_CIPHER *method)
{
#if OPENSSL_VERSION_MAJOR == 3
	EVP_CIPHER_meth_free(method);
#endif
}

static EVP_CIPHER_CTX *
context_new(const EVP_CIPHER *method, const struct base_secret *subkey,
    int sealing)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	if (ctx && EVP_CipherInit_ex(ctx, method ? method : EVP_aes_256_xts(),
	    NULL, vault_secret_bytes(subkey), NULL, sealing) == 1)
		return ctx;
	EVP_CIPHER_CTX_free(ctx);
	return NULL;
}

struct vault_cipher *
vault_cipher_new(struct base_secret *subkey)
{
	struct vault_cipher *cipher = g_new0(struct vault_cipher, 1);
	cipher->method = method_new();
	cipher->seal = context_new(cipher->method, subkey, 1);
	cipher->unseal = context_new(cipher->method, subkey, 0);
	base_secret_free(subkey); /* libcrypto has its own schedules now */
	if (cipher->seal && cipher->unseal)
		return cipher;
	vault_cipher_free(cipher);
	return NULL;
}

void
vault_cipher_free(struct vault_cipher *cipher)
{
	if (cipher == NULL)
		return;
	EVP_CIPHER_CTX_free(cipher->seal);
	EVP_CIPHER_CTX_free(cipher->unseal);
	method_free(cipher->method);
	g_free(cipher);
}

static bool
run_unit(EVP_CIPHER_CTX *ctx, int64_t unit, unsigned char *bytes)
{
	unsigned char tweak[BLOCK_BYTES] = { 0 };
	uint64_t number = GUINT64_TO_LE((uint64_t)unit);
	int len = 0;
	memcpy(tweak, &number, sizeof(number));
	return EVP_CipherInit_ex(ctx, NULL, NULL, NULL, tweak, -1) == 1 &&
	    EVP_CipherUpdate(ctx, bytes, &len, bytes, VAULT_UNIT_BYTES) == 1 &&
	    len == VAULT_UNIT_BYTES;
}

bool
vault_seal(struct vault_cipher *cipher, int64_t unit, unsigned char *bytes,
    size_t units)
{
	for (size_t i = 0; i < units; i++)
		if (!run_unit(cipher->seal, unit + (int64_t)i,
		    bytes + i * VAULT_UNIT_BYTES))
			return false;
	return true;
}

/* One bit a block that lies in a hole of the file. */
static uint32_t
holes(const unsigned char *bytes)
{
	uint32_t found = 0;
	for (unsigned i = 0; i < VAULT_UNIT_BYTES / BLOCK_BYTES; i++) {
		uint64_t half[2];
		memcpy(half, bytes + i * BLOCK_BYTES, sizeof(half));
		found |= (uint32_t)((half[0] | half[1]) == 0) << i;
	}
	return found;
}

bool
vault_unseal(struct vault_cipher *cipher, int64_t unit, unsigned char *bytes,
    size_t units)
{
	for (size_t i = 0; i < units; i++, bytes += VAULT_UNIT_BYTES) {
		uint32_t empty = holes(bytes);
		if (empty == UINT32_MAX)
			continue;
		if (!run_unit(cipher->unseal, unit + (int64_t)i, bytes))
			return false;
		for (unsigned b = 0; empty; b++, empty >>= 1)
			if (empty & 1)
				memset(bytes + b * BLOCK_BYTES, 0, BLOCK_BYTES);
	}
	return true;
}
