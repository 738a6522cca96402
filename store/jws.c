/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JWS (RFC 7515), the compact form alone, with the payload in it as it is: these
 * bytes are signed, nothing is sorted or written anew. There is one algorithm and
 * one text for each signature: whatever else could be read is refused.
 */
#include "store/sign.h"

#include <sodium.h>
#include <string.h>

/* ---- base64url ---------------------------------------------------------- */

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

char *
base64url_encode(const void *bytes, size_t len)
{
	size_t size = sodium_base64_encoded_len(len, VARIANT);
	char *text = g_malloc(size);

	return sodium_bin2base64(text, size, bytes, len, VARIANT);
}

/* Not libsodium's: 1.0.18 takes the byte 0xff for a sign of the alphabet. */
static int
sign_value(char sign)
{
	static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = sign ? strchr(signs, sign) : NULL;

	return at ? (int)(at - signs) : -1;
}

unsigned char *
base64url_decode(const char *text, size_t len, size_t *out_len)
{
	g_autofree unsigned char *bytes = NULL;
	uint32_t held = 0;
	int bits = 0;
	size_t n = 0;

	if (len > JWS_MAX_BYTES || len % 4 == 1)
		return NULL;
	bytes = g_malloc(len / 4 * 3 + 3);
	for (size_t i = 0; i < len; i++) {
		int value = sign_value(text[i]);

		if (value < 0)
			return NULL;
		held = held << 6 | (uint32_t)value;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			bytes[n++] = (unsigned char)(held >> bits);
			held &= (1u << bits) - 1;
		}
	}
	if (held)
		return NULL;
	bytes[n] = '\0';
	*out_len = n;
	return g_steal_pointer(&bytes);
}

static gboolean
fails(GError **error, const char *why)
{
	g_set_error_literal(error, STORE_ERROR, STORE_ERROR_SIGNATURE, _(why));
	return FALSE;
}

/* ---- the parts ---------------------------------------------------------- */

void
jws_parts_clear(struct jws_parts *parts)
{
	g_clear_pointer(&parts->header, g_free);
	g_clear_pointer(&parts->payload, g_free);
}

gboolean
jws_split(const char *jws, size_t len, struct jws_parts *out, GError **error)
{
	const char *one = memchr(jws, '.', len);
	const char *two = one ? memchr(one + 1, '.',
	    len - (size_t)(one + 1 - jws)) : NULL;
	g_autofree unsigned char *sig = NULL;
	size_t sig_len = 0;

	*out = (struct jws_parts){ 0 };
	if (len > JWS_MAX_BYTES || !two)
		return fails(error, N_("not three parts with dots between"));
	out->header = (char *)base64url_decode(jws, (size_t)(one - jws),
	    &out->header_len);
	out->payload = (char *)base64url_decode(one + 1,
	    (size_t)(two - one - 1), &out->payload_len);
	/* A further dot is no sign of base64url. */
	sig = base64url_decode(two + 1, len - (size_t)(two + 1 - jws),
	    &sig_len);
	if (out->header && out->payload && sig &&
	    sig_len == ES256_SIG_BYTES) {
		memcpy(out->sig, sig, ES256_SIG_BYTES);
		out->input_len = (size_t)(two - jws);
		return TRUE;
	}
	jws_parts_clear(out);
	return fails(error, N_("a part is not base64url, or no ES256 signature"));
}

/* ---- the key in words --------------------------------------------------- */

char *
jws_jwk(const struct es256_public *key)
{
	g_autofree char *x = base64url_encode(key->x, ES256_BYTES);
	g_autofree char *y = base64url_encode(key->y, ES256_BYTES);

	/* RFC 7638, 3: these members, in this order, no blanks. */
	return g_strdup_printf("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\","
	    "\"y\":\"%s\"}", x, y);
}

char *
jws_thumbprint(const struct es256_public *key)
{
	g_autofree char *jwk = jws_jwk(key);
	unsigned char digest[ES256_BYTES];

	es256_digest(jwk, strlen(jwk), digest);
	return base64url_encode(digest, sizeof digest);
}

static gboolean
coordinate(const fhir_node *jwk, const char *name,
    unsigned char out[ES256_BYTES])
{
	const char *text = fhir_text(jwk, name);
	g_autofree unsigned char *bytes = NULL;
	size_t len = 0;

	bytes = text ? base64url_decode(text, strlen(text), &len) : NULL;
	if (!bytes || len != ES256_BYTES)
		return FALSE;
	memcpy(out, bytes, ES256_BYTES);
	return TRUE;
}

static gboolean
key_read(const fhir_node *jwk, struct es256_public *key)
{
	/* "d" is the private key: whoever wrote it, this is a key no more. */
	return g_strcmp0(fhir_text(jwk, "kty"), "EC") == 0 &&
	    g_strcmp0(fhir_text(jwk, "crv"), "P-256") == 0 &&
	    !fhir_get(jwk, "d") && coordinate(jwk, "x", key->x) &&
	    coordinate(jwk, "y", key->y) && es256_public_ok(key);
}

/* ---- the header --------------------------------------------------------- */

/* What would change the meaning of the rest, if we knew it: RFC 7515, 4.1.11;
 * RFC 7797. */
static const char *const not_understood[] = { "crit", "b64", "zip", "enc" };

/* A header of ours is some 400 bytes. */
static const struct fhir_limits header_limits = { 4096, 4 };

static gboolean
header_words(const fhir_node *root, int64_t *signed_ms, GError **error)
{
	char precision;

	/* RFC 8725, 3.1: the algorithm is ours to choose, not the header's. */
	if (g_strcmp0(fhir_text(root, "alg"), "ES256") != 0)
		return fails(error, N_("alg is not ES256"));
	if (g_strcmp0(fhir_text(root, "typ"), "JOSE") != 0)
		return fails(error, N_("typ is not JOSE"));
	for (size_t i = 0; i < G_N_ELEMENTS(not_understood); i++)
		if (fhir_get(root, not_understood[i]))
			return fails(error, N_("the header asks for what is not "
			    "understood here"));
	if (!fhir_time_ms(fhir_text(root, "sigT"), signed_ms, &precision) ||
	    precision != 't')
		return fails(error, N_("sigT is not a time"));
	return TRUE;
}

gboolean
jws_header_read(const char *header, size_t len, struct es256_public *key,
    char **thumbprint, int64_t *signed_ms, GError **error)
{
	BASE_AUTO(fhir_doc) doc = fhir_parse(header, len, &header_limits, NULL);
	g_autofree char *own = NULL;

	if (!doc)
		return fails(error, N_("the header is not a JSON object"));
	if (!header_words(fhir_root(doc), signed_ms, error))
		return FALSE;
	if (!key_read(fhir_get(fhir_root(doc), "jwk"), key))
		return fails(error, N_("jwk is not a public key on P-256"));
	own = jws_thumbprint(key);
	if (g_strcmp0(fhir_text(fhir_root(doc), "kid"), own) != 0)
		return fails(error, N_("kid is not the key's thumbprint"));
	*thumbprint = g_steal_pointer(&own);
	return TRUE;
}

/* ---- writing ------------------------------------------------------------ */

char *
jws_input(const struct es256_public *key, const char *payload, size_t len,
    int64_t now_ms)
{
	g_autofree char *jwk = jws_jwk(key);
	g_autofree char *kid = jws_thumbprint(key);
	g_autofree char *when = fhir_instant(now_ms);
	g_autofree char *header = NULL, *first = NULL, *second = NULL;

	if (!when)
		return NULL;
	/* sigT: ETSI TS 119 182-1, 5.2.1. All values are of plain signs. */
	header = g_strdup_printf("{\"alg\":\"ES256\",\"kid\":\"%s\",\"jwk\":%s,"
	    "\"sigT\":\"%s\",\"typ\":\"JOSE\"}", kid, jwk, when);
	first = base64url_encode(header, strlen(header));
	second = base64url_encode(payload, len);
	return g_strconcat(first, ".", second, NULL);
}

char *
jws_close(const char *input, const unsigned char sig[ES256_SIG_BYTES])
{
	g_autofree char *third = base64url_encode(sig, ES256_SIG_BYTES);

	return g_strconcat(input, ".", third, NULL);
}

/* ---- reading ------------------------------------------------------------ */

static gboolean
holds(const char *jws, const struct jws_parts *parts,
    const struct es256_public *key, GError **error)
{
	unsigned char digest[ES256_BYTES];

	es256_digest(jws, parts->input_len, digest);
	if (!es256_is_low(parts->sig))
		return fails(error, N_("the signature is not in its low form"));
	if (!es256_verify(key, digest, parts->sig))
		return fails(error, N_("the signature does not fit the bytes"));
	return TRUE;
}

gboolean
jws_open(const char *jws, struct jws *out, GError **error)
{
	struct jws_parts parts;
	struct es256_public key;
	gboolean ok;

	*out = (struct jws){ 0 };
	if (!jws_split(jws, strlen(jws), &parts, error))
		return FALSE;
	ok = jws_header_read(parts.header, parts.header_len, &key,
	    &out->thumbprint, &out->signed_ms, error) &&
	    holds(jws, &parts, &key, error);
	if (ok) {
		out->payload = g_steal_pointer(&parts.payload);
		out->len = parts.payload_len;
	}
	jws_parts_clear(&parts);
	if (!ok)
		jws_clear(out);
	return ok;
}

void
jws_clear(struct jws *jws)
{
	g_clear_pointer(&jws->payload, g_free);
	g_clear_pointer(&jws->thumbprint, g_free);
	jws->len = 0;
}
