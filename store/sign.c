/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing (电子签名法 art. 13): the key is the signer's alone, under the signer's
 * sole control at the moment of signing. A software key lies wrapped in the vault
 * and is opened by a secret that a person types; a token's never leaves it. What
 * was opened is in locked memory, for as long as the step-up lasts.
 */
#include "store/sign.h"
#include "store/vault.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

/* ---- who signs ---------------------------------------------------------- */

gboolean
store_signer(struct store *store, struct signer_info *out, GError **error)
{
	struct signer_row row;
	g_autoptr(GError) why = NULL;

	*out = (struct signer_info){ .kind = SIGNER_NONE };
	if (!signer_row_get(store, &row, &why)) {
		if (g_error_matches(why, STORE_ERROR, STORE_ERROR_NO_SIGNER))
			return TRUE;
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	*out = (struct signer_info){ .kind = row.kind, .from_ms = row.from_ms,
		.thumbprint = jws_thumbprint(&row.key) };
	if (row.kind == SIGNER_TOKEN) {
		out->words = g_steal_pointer(&row.place.label);
		out->module = g_steal_pointer(&row.place.module);
	}
	signer_row_clear(&row);
	return TRUE;
}

void
signer_info_clear(struct signer_info *info)
{
	g_clear_pointer(&info->thumbprint, g_free);
	g_clear_pointer(&info->words, g_free);
	g_clear_pointer(&info->module, g_free);
	info->kind = SIGNER_NONE;
}

/* ---- the software key, wrapped ------------------------------------------ */

/* What the tag vouches for besides: the parameters, and whose key it is. */
struct wrap_public { uint64_t ops_le, mem_le; struct es256_public key; };

static struct wrap_public
wrap_public(const struct signer_row *row)
{
	return (struct wrap_public){ GUINT64_TO_LE(row->kdf.ops),
		GUINT64_TO_LE(row->kdf.mem_bytes), row->key };
}

static gboolean
secret_ok(const struct base_secret *secret, GError **error)
{
	glong signs = g_utf8_strlen((const char *)vault_secret_bytes(secret),
	    (gssize)base_secret_len(secret));

	if (signs >= SIGNER_SECRET_MIN)
		return TRUE;
	g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID,
	    "a signing secret has at least %d characters", SIGNER_SECRET_MIN);
	return FALSE;
}

static gboolean
wrap(struct signer_row *row, const struct base_secret *scalar,
    const struct base_secret *secret, const struct vault_kdf *kdf,
    GError **error)
{
	BASE_AUTO(base_secret) key = NULL;
	struct wrap_public public;

	if (!vault_kdf_ok(kdf)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID,
		    "key derivation out of range");
		return FALSE;
	}
	row->kdf = *kdf;
	randombytes_buf(row->salt, sizeof row->salt);
	randombytes_buf(row->nonce, sizeof row->nonce);
	key = vault_stretch(secret, row->salt, kdf, error);
	if (!key)
		return FALSE;
	public = wrap_public(row);
	crypto_aead_xchacha20poly1305_ietf_encrypt(row->wrapped, NULL,
	    vault_secret_bytes(scalar), ES256_BYTES,
	    (const unsigned char *)&public, sizeof public, NULL, row->nonce,
	    base_secret_data(key));
	return TRUE;
}

/* The row is whole (its hash was checked), so a tag that does not fit means
 * another secret; and a key that is not its public one's, a forged row. */
static struct base_secret *
unwrap(const struct signer_row *row, const struct base_secret *secret,
    GError **error)
{
	BASE_AUTO(base_secret) scalar = base_secret_new(ES256_BYTES);
	BASE_AUTO(base_secret) key = NULL;
	struct wrap_public public = wrap_public(row);
	struct es256_public own;

	if (!vault_kdf_ok(&row->kdf)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_SIGNER_DAMAGED,
		    "an absurd key derivation");
		return NULL;
	}
	key = vault_stretch(secret, row->salt, &row->kdf, error);
	if (!key)
		return NULL;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(base_secret_data(scalar),
	    NULL, NULL, row->wrapped, sizeof row->wrapped,
	    (const unsigned char *)&public, sizeof public, row->nonce,
	    base_secret_data(key)) != 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_WRONG_SECRET,
		    "the secret does not open the signing key");
		return NULL;
	}
	if (es256_public_of(scalar, &own) &&
	    memcmp(&own, &row->key, sizeof own) == 0)
		return g_steal_pointer(&scalar);
	g_set_error(error, STORE_ERROR, STORE_ERROR_SIGNER_DAMAGED,
	    "the signing key is not its public key's");
	return NULL;
}

/* Said before half a second is spent on the secret; the row says it again. */
static gboolean
place_free(struct store *store, gboolean replace, GError **error)
{
	struct signer_info info;
	gboolean is_free = replace;

	if (replace)
		return TRUE;
	if (!store_signer(store, &info, error))
		return FALSE;
	is_free = info.kind == SIGNER_NONE;
	signer_info_clear(&info);
	if (!is_free)
		g_set_error(error, STORE_ERROR, STORE_ERROR_SIGNER_THERE,
		    "there is a signing key already");
	return is_free;
}

gboolean
store_signer_create(struct store *store, const struct base_secret *secret,
    const struct vault_kdf *kdf, gboolean replace, int64_t now_ms,
    GError **error)
{
	struct signer_row row = { .kind = SIGNER_SOFTWARE, .from_ms = now_ms };
	BASE_AUTO(base_secret) scalar = NULL;

	if (!secret_ok(secret, error) || !place_free(store, replace, error))
		return FALSE;
	scalar = es256_make();
	return es256_public_of(scalar, &row.key) &&
	    wrap(&row, scalar, secret, kdf, error) &&
	    signer_row_put(store, &row, replace, error);
}

gboolean
store_signer_change(struct store *store, const struct base_secret *old_secret,
    const struct base_secret *new_secret, const struct vault_kdf *kdf,
    GError **error)
{
	BASE_AUTO(base_secret) scalar = NULL;
	struct signer_row row;
	gboolean ok;

	if (!secret_ok(new_secret, error) ||
	    !signer_row_get(store, &row, error))
		return FALSE;
	if (row.kind == SIGNER_SOFTWARE)
		scalar = unwrap(&row, old_secret, error);
	else
		g_set_error_literal(error, STORE_ERROR, STORE_ERROR_TOKEN,
		    _("a token's PIN is changed by the token's own program"));
	ok = scalar && wrap(&row, scalar, new_secret, kdf, error) &&
	    signer_row_put(store, &row, TRUE, error);
	signer_row_clear(&row);
	return ok;
}

gboolean
store_signer_token(struct store *store, const char *module, const char *label,
    const struct base_secret *pin, gboolean replace, int64_t now_ms,
    GError **error)
{
	struct signer_row row = { .kind = SIGNER_TOKEN, .from_ms = now_ms,
		.place.module = g_strdup(module),
		.place.label = g_strdup(label) };
	BASE_AUTO(token) token = NULL;
	gboolean ok = FALSE;

	if (place_free(store, replace, error))
		token = token_open(&row.place, pin, &row.key, error);
	ok = token && signer_row_put(store, &row, replace, error);
	signer_row_clear(&row);
	return ok;
}

gboolean
store_signer_look(struct store *store, enum signer_pin *pin, GError **error)
{
	struct signer_row row;
	gboolean ok;

	*pin = SIGNER_PIN_FINE;
	if (!signer_row_get(store, &row, error))
		return FALSE;
	ok = row.kind == SIGNER_SOFTWARE || token_look(&row.place, pin, error);
	signer_row_clear(&row);
	return ok;
}

/* ---- step-up ------------------------------------------------------------ */

struct signer {
	struct es256_public key;
	struct base_secret *scalar; /* software; NULL: closed */
	struct token *token;        /* NULL: closed */
	gboolean once;
	int64_t until_ms;           /* of boot_ms() */
};

int64_t (*sign_clock_ms)(void);

/* Time asleep counts: a lid that was closed is a desk that was left. */
static int64_t
boot_ms(void)
{
	struct timespec t;

	if (sign_clock_ms)
		return sign_clock_ms();
	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What could sign is gone from memory, not just forbidden. */
static void
step_down(struct signer *signer)
{
	g_clear_pointer(&signer->scalar, base_secret_free);
	g_clear_pointer(&signer->token, token_free);
	signer->until_ms = 0;
}

static gboolean
signer_unlock(struct signer *signer, struct signer_row *row,
    const struct base_secret *secret, GError **error)
{
	signer->key = row->key;
	if (row->kind == SIGNER_SOFTWARE)
		signer->scalar = unwrap(row, secret, error);
	else
		signer->token = token_open(&row->place, secret, &signer->key,
		    error);
	if (signer->token && memcmp(&signer->key, &row->key,
	    sizeof row->key) != 0) {
		g_set_error_literal(error, STORE_ERROR, STORE_ERROR_TOKEN,
		    _("the key in the token is another one now"));
		return FALSE;
	}
	return signer->scalar || signer->token;
}

struct signer *
store_signer_open(struct store *store, const struct base_secret *secret,
    int valid_s, GError **error)
{
	BASE_AUTO(signer) signer = g_new0(struct signer, 1);
	struct signer_row row;
	gboolean ok;

	if (!signer_row_get(store, &row, error))
		return NULL;
	ok = signer_unlock(signer, &row, secret, error);
	signer_row_clear(&row);
	if (!ok)
		return NULL;
	signer->once = valid_s <= 0 || (signer->token &&
	    token_asks_each_time(signer->token));
	signer->until_ms = boot_ms() +
	    (signer->once ? SIGNER_ONCE_S : valid_s) * INT64_C(1000);
	return g_steal_pointer(&signer);
}

gboolean
signer_valid(const struct signer *signer)
{
	return signer_left_s(signer) > 0;
}

int
signer_left_s(const struct signer *signer)
{
	int64_t left_ms;

	if (!signer || (!signer->scalar && !signer->token))
		return 0;
	left_ms = signer->until_ms - boot_ms();
	return left_ms > 0 ? (int)((left_ms + 999) / 1000) : 0;
}

void
signer_free(struct signer *signer)
{
	if (!signer)
		return;
	step_down(signer);
	g_free(signer);
}

/* ---- signing ------------------------------------------------------------ */

/* Proved before it leaves: a faulty token, or a bit that fell over in memory,
 * makes no signature that others find broken. */
static gboolean
sign_digest(struct signer *signer, const unsigned char digest[ES256_BYTES],
    unsigned char sig[ES256_SIG_BYTES], GError **error)
{
	if (signer->token && !token_sign(signer->token, digest, sig, error))
		return FALSE;
	if ((signer->token || es256_sign(signer->scalar, digest, sig)) &&
	    es256_verify(&signer->key, digest, sig))
		return TRUE;
	g_set_error_literal(error, STORE_ERROR, signer->token
	    ? STORE_ERROR_TOKEN : STORE_ERROR_SIGNER_DAMAGED,
	    _("the signature that was made does not hold"));
	return FALSE;
}

char *
signer_sign(struct signer *signer, const char *bytes, size_t len,
    int64_t now_ms, GError **error)
{
	g_autofree char *input = NULL;
	unsigned char digest[ES256_BYTES], sig[ES256_SIG_BYTES];
	gboolean ok;

	if (!signer_valid(signer)) {
		step_down(signer);
		g_set_error(error, STORE_ERROR, STORE_ERROR_STEP_UP,
		    "the step-up has run out");
		return NULL;
	}
	input = len > 0 && len < JWS_MAX_BYTES / 2 ? jws_input(&signer->key,
	    bytes, len, now_ms) : NULL;
	if (!input) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID,
		    "nothing that can be signed");
		return NULL;
	}
	es256_digest(input, strlen(input), digest);
	ok = sign_digest(signer, digest, sig, error);
	if (!ok || signer->once)
		step_down(signer);
	return ok ? jws_close(input, sig) : NULL;
}

/* ---- verifying ---------------------------------------------------------- */

gboolean
store_jws_verify(struct store *store, const char *jws, struct jws *out,
    GError **error)
{
	if (!jws_open(jws, out, error))
		return FALSE;
	out->known = signer_known(store, out->thumbprint);
	return TRUE;
}
