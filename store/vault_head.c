/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of cache.db: magic, salt, a value only the right data key makes,
 * and a plain hash over the three. So a foreign file, a damaged header and a
 * wrong key are three different answers. Nothing in it is secret. It is kept
 * twice: without its salt the whole cache is noise for good. A later version
 * keeps these 96 bytes as they are.
 */
#include "store/vault.h"

#include <sodium.h>
#include <string.h>

#define COPIES 2
#define COPY_STRIDE (VAULT_HEAD_BYTES / COPIES)
#define CHECK_BYTES 32
#define HASH_BYTES 16
#define VERSION 1

static const char magic[15] = "qingnang vault";
struct head_copy {
	unsigned char magic[sizeof(magic)];
	unsigned char version;
	unsigned char salt[VAULT_SALT_BYTES];
	unsigned char check[CHECK_BYTES];
	unsigned char hash[HASH_BYTES];
};
G_STATIC_ASSERT(sizeof(struct head_copy) == 16 + 32 + 32 + 16);

static void
make_check(const struct base_secret *data_key, const struct head_copy *copy,
    unsigned char check[CHECK_BYTES])
{
	crypto_generichash(check, CHECK_BYTES, (const unsigned char *)copy,
	    offsetof(struct head_copy, check), vault_secret_bytes(data_key),
	    base_secret_len(data_key));
}

static void
make_hash(const struct head_copy *copy, unsigned char hash[HASH_BYTES])
{
	crypto_generichash(hash, HASH_BYTES, (const unsigned char *)copy,
	    offsetof(struct head_copy, hash), NULL, 0);
}

void
vault_head_make(const struct base_secret *data_key,
    unsigned char head[VAULT_HEAD_BYTES])
{
	struct head_copy copy = { .version = VERSION };
	memcpy(copy.magic, magic, sizeof(magic));
	randombytes_buf(copy.salt, sizeof(copy.salt));
	make_check(data_key, &copy, copy.check);
	make_hash(&copy, copy.hash);
	memset(head, 0, VAULT_HEAD_BYTES);
	for (int i = 0; i < COPIES; i++)
		memcpy(head + i * COPY_STRIDE, &copy, sizeof(copy));
}

static enum vault_verdict
check_copy(const struct base_secret *data_key, const struct head_copy *copy)
{
	unsigned char hash[HASH_BYTES], check[CHECK_BYTES];
	if (memcmp(copy->magic, magic, sizeof(magic)) != 0)
		return VAULT_FOREIGN;
	make_hash(copy, hash);
	if (memcmp(hash, copy->hash, sizeof(hash)) != 0)
		return VAULT_DAMAGED;
	if (copy->version != VERSION)
		return VAULT_NEWER;
	make_check(data_key, copy, check);
	return sodium_memcmp(check, copy->check, sizeof(check)) == 0
	    ? VAULT_OK
	    : VAULT_WRONG_KEY;
}

enum vault_verdict
vault_head_check(const struct base_secret *data_key,
    const unsigned char head[VAULT_HEAD_BYTES],
    unsigned char salt[VAULT_SALT_BYTES])
{
	enum vault_verdict worst = VAULT_FOREIGN;
	for (int i = 0; i < COPIES; i++) {
		struct head_copy copy;
		memcpy(&copy, head + i * COPY_STRIDE, sizeof(copy));
		enum vault_verdict verdict = check_copy(data_key, &copy);
		if (verdict == VAULT_OK)
			memcpy(salt, copy.salt, VAULT_SALT_BYTES);
		if (verdict == VAULT_OK || verdict == VAULT_WRONG_KEY)
			return verdict;
		if (verdict != VAULT_FOREIGN)
			worst = verdict;
	}
	return worst;
}
