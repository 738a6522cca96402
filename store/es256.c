/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ECDSA on P-256, by hogweed (nettle's other half, without secret-dependent
 * branches). libcrypto would bring 21,000 relocations into the program that
 * draws. A private key lies in locked memory; what hogweed and GMP copy of it
 * while they work is wiped when they free it.
 */
#include "store/sign.h"
#include "store/vault.h"

#include <gmp.h>
#include <nettle/bignum.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/ecdsa.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* n / 2, rounded down, of the order n of P-256 (FIPS 186-4, D.1.2.3). */
static const unsigned char half_order[ES256_BYTES] = {
	0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00,
	0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42,
	0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
};
static const char order_hex[] =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/* ---- memory ------------------------------------------------------------- */

static void *
wiped_alloc(size_t size)
{
	return g_malloc(size);
}

static void
wiped_free(void *p, size_t size)
{
	sodium_memzero(p, size);
	free(p);
}

static void *
wiped_realloc(void *p, size_t old_size, size_t size)
{
	void *q = g_malloc(size);

	memcpy(q, p, MIN(old_size, size));
	wiped_free(p, old_size);
	return q;
}

/* GMP's allocator is the process's; ours takes and gives malloc()'s blocks, so
 * that what was allocated before is freed as well. */
static const struct ecc_curve *
curve(void)
{
	static gsize once;

	if (g_once_init_enter(&once)) {
		mp_set_memory_functions(wiped_alloc, wiped_realloc, wiped_free);
		g_once_init_leave(&once, 1);
	}
	return nettle_get_secp_256r1();
}

static void
random_bytes(void *ctx, size_t len, uint8_t *out)
{
	randombytes_buf(out, len);
}

/* ---- scalars in locked memory ------------------------------------------- */

/* Limbs, the lowest first; hogweed reads them in place. */
#define LIMBS (ES256_BYTES / sizeof(mp_limb_t))
G_STATIC_ASSERT(GMP_NUMB_BITS == 8 * sizeof(mp_limb_t));

static struct base_secret *
limbs_of(const struct base_secret *scalar)
{
	struct base_secret *limbs = base_secret_new(ES256_BYTES);
	mp_limb_t *p = (mp_limb_t *)(void *)base_secret_data(limbs);
	const unsigned char *bytes = vault_secret_bytes(scalar);

	for (size_t i = 0; i < ES256_BYTES; i++)
		p[LIMBS - 1 - i / sizeof *p] = p[LIMBS - 1 - i / sizeof *p] << 8
		    | bytes[i];
	return limbs;
}

/* FIPS 186-5, A.2.2: bytes are drawn again until they are a scalar. */
static gboolean
in_range(const struct base_secret *scalar)
{
	static const unsigned char zero[ES256_BYTES];
	unsigned char order[ES256_BYTES];
	const unsigned char *bytes = vault_secret_bytes(scalar);
	unsigned char low[ES256_BYTES], high[ES256_BYTES];
	gboolean ok;

	sodium_hex2bin(order, sizeof order, order_hex, strlen(order_hex), NULL,
	    NULL, NULL);
	/* sodium_compare() counts from the lowest byte. */
	for (size_t i = 0; i < ES256_BYTES; i++) {
		low[i] = bytes[ES256_BYTES - 1 - i];
		high[i] = order[ES256_BYTES - 1 - i];
	}
	ok = sodium_memcmp(bytes, zero, sizeof zero) != 0 &&
	    sodium_compare(low, high, sizeof low) < 0;
	sodium_memzero(low, sizeof low);
	return ok;
}

struct base_secret *
es256_make(void)
{
	struct base_secret *scalar = base_secret_new(ES256_BYTES);

	do
		randombytes_buf(base_secret_data(scalar), ES256_BYTES);
	while (!in_range(scalar));
	return scalar;
}

gboolean
es256_public_of(const struct base_secret *scalar, struct es256_public *out)
{
	BASE_AUTO(base_secret) limbs = NULL;
	struct ecc_scalar key;
	struct ecc_point point;
	mpz_t x, y;

	if (base_secret_len(scalar) != ES256_BYTES || !in_range(scalar))
		return FALSE;
	limbs = limbs_of(scalar);
	key = (struct ecc_scalar){ curve(),
		(mp_limb_t *)(void *)base_secret_data(limbs) };
	ecc_point_init(&point, key.ecc);
	ecc_point_mul_g(&point, &key);
	mpz_init(x);
	mpz_init(y);
	ecc_point_get(&point, x, y);
	nettle_mpz_get_str_256(ES256_BYTES, out->x, x);
	nettle_mpz_get_str_256(ES256_BYTES, out->y, y);
	mpz_clear(x);
	mpz_clear(y);
	ecc_point_clear(&point);
	return TRUE;
}

/* ---- public keys -------------------------------------------------------- */

/* FALSE when it is not on the curve; the point is to be cleared either way. */
static gboolean
point_set(struct ecc_point *point, const struct es256_public *key)
{
	mpz_t x, y;
	gboolean ok;

	ecc_point_init(point, curve());
	nettle_mpz_init_set_str_256_u(x, ES256_BYTES, key->x);
	nettle_mpz_init_set_str_256_u(y, ES256_BYTES, key->y);
	ok = ecc_point_set(point, x, y);
	mpz_clear(x);
	mpz_clear(y);
	return ok;
}

gboolean
es256_public_ok(const struct es256_public *key)
{
	struct ecc_point point;
	gboolean ok = point_set(&point, key);

	ecc_point_clear(&point);
	return ok;
}

/* ---- signatures --------------------------------------------------------- */

void
es256_digest(const void *bytes, size_t len, unsigned char digest[ES256_BYTES])
{
	crypto_hash_sha256(digest, bytes, len);
}

gboolean
es256_sign(const struct base_secret *scalar,
    const unsigned char digest[ES256_BYTES], unsigned char sig[ES256_SIG_BYTES])
{
	BASE_AUTO(base_secret) limbs = NULL;
	struct dsa_signature pair;
	struct ecc_scalar key;

	if (base_secret_len(scalar) != ES256_BYTES || !in_range(scalar))
		return FALSE;
	limbs = limbs_of(scalar);
	key = (struct ecc_scalar){ curve(),
		(mp_limb_t *)(void *)base_secret_data(limbs) };
	dsa_signature_init(&pair);
	ecdsa_sign(&key, NULL, random_bytes, ES256_BYTES, digest, &pair);
	nettle_mpz_get_str_256(ES256_BYTES, sig, pair.r);
	nettle_mpz_get_str_256(ES256_BYTES, sig + ES256_BYTES, pair.s);
	dsa_signature_clear(&pair);
	es256_make_low(sig);
	return TRUE;
}

gboolean
es256_verify(const struct es256_public *key,
    const unsigned char digest[ES256_BYTES],
    const unsigned char sig[ES256_SIG_BYTES])
{
	struct dsa_signature pair;
	struct ecc_point point;
	gboolean ok = point_set(&point, key);

	dsa_signature_init(&pair);
	nettle_mpz_set_str_256_u(pair.r, ES256_BYTES, sig);
	nettle_mpz_set_str_256_u(pair.s, ES256_BYTES, sig + ES256_BYTES);
	ok = ok && ecdsa_verify(&point, ES256_BYTES, digest, &pair);
	dsa_signature_clear(&pair);
	ecc_point_clear(&point);
	return ok;
}

gboolean
es256_is_low(const unsigned char sig[ES256_SIG_BYTES])
{
	return memcmp(sig + ES256_BYTES, half_order, ES256_BYTES) <= 0;
}

void
es256_make_low(unsigned char sig[ES256_SIG_BYTES])
{
	mpz_t n, s;

	if (es256_is_low(sig))
		return;
	curve();
	mpz_init_set_str(n, order_hex, 16);
	nettle_mpz_init_set_str_256_u(s, ES256_BYTES, sig + ES256_BYTES);
	if (mpz_cmp(s, n) < 0) {
		mpz_sub(s, n, s);
		nettle_mpz_get_str_256(ES256_BYTES, sig + ES256_BYTES, s);
	}
	mpz_clear(n);
	mpz_clear(s);
}
