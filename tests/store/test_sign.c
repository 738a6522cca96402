/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves: RFC 7515's own ES256 example holds, and OpenSSL's program verifies what
 * is signed here; a JWS with any one byte changed, taken out or put in is
 * refused, and so is every header but ours, a key off the curve, a signature in
 * its other form; the payload comes back byte for byte. The key opens by its
 * secret alone, a wrong one is told from a damaged row, each field of it; a
 * step-up ends by time, by its one signature, by closing; a replaced key stays
 * known, and a rescue brings key and known keys over.
 */
#include "tests/store/kit.h"
#include "store/sign.h"

static const struct vault_kdf cheap = { .ops = 1, .mem_bytes = 8192 };

/* RFC 7515, appendix A.3. */
#define A3_INPUT "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4" \
	"MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define A3_JWS A3_INPUT ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw" \
	"5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define A3_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define A3_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define A3_D "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"

static struct base_secret *
secret(const char *words)
{
	g_autofree char *copy = g_strdup(words);

	return base_secret_take(copy, strlen(copy));
}

static void
bytes32(const char *text, unsigned char out[ES256_BYTES])
{
	size_t len;
	g_autofree unsigned char *bytes = base64url_decode(text, strlen(text),
	    &len);

	assert_non_null(bytes);
	assert_int_equal(len, ES256_BYTES);
	memcpy(out, bytes, ES256_BYTES);
}

static struct base_secret *
a3_scalar(void)
{
	struct base_secret *scalar = base_secret_new(ES256_BYTES);

	bytes32(A3_D, base_secret_data(scalar));
	return scalar;
}

static struct es256_public
a3_public(void)
{
	struct es256_public key;

	bytes32(A3_X, key.x);
	bytes32(A3_Y, key.y);
	return key;
}

/* ---- base64url ---------------------------------------------------------- */

static void
base64url_is_strict(void **state)
{
	static const struct { const char *text, *bytes; } same[] = {
		{ "", "" }, { "Zg", "f" }, { "Zm8", "fo" }, { "Zm9v", "foo" },
		{ "Zm9vYg", "foob" }, { "Zm9vYmE", "fooba" },
		{ "Zm9vYmFy", "foobar" }, { "-_-_", "\xfb\xff\xbf" },
	};
	static const char *const wrong[] = { "Zg==", "Zm8=", "Z", "Zm9vY", "Zh",
		"Zm9", "+/+/", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v.", "Zm9é",
		"=", "Zm9vYg=", "Zm9\xff", "\xff\xff\xff\xff", "Zm9\x80" };

	for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
		size_t len;
		g_autofree char *text = base64url_encode(same[i].bytes,
		    strlen(same[i].bytes));
		g_autofree unsigned char *bytes = base64url_decode(same[i].text,
		    strlen(same[i].text), &len);

		assert_string_equal(text, same[i].text);
		assert_non_null(bytes);
		assert_int_equal(len, strlen(same[i].bytes));
		assert_memory_equal(bytes, same[i].bytes, len);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		size_t len;

		if (base64url_decode(wrong[i], strlen(wrong[i]), &len))
			fail_msg("taken: '%s'", wrong[i]);
	}
}

/* ---- ES256 -------------------------------------------------------------- */

static void
rfc7515_example_holds(void **state)
{
	struct es256_public key = a3_public(), own;
	BASE_AUTO(base_secret) scalar = a3_scalar();
	g_autoptr(GError) error = NULL;
	struct jws_parts parts;
	unsigned char digest[ES256_BYTES];
	struct jws jws;

	assert_true(es256_public_ok(&key));
	assert_true(es256_public_of(scalar, &own));
	assert_memory_equal(&own, &key, sizeof key);
	assert_true(jws_split(A3_JWS, strlen(A3_JWS), &parts, NULL));
	assert_string_equal(parts.header, "{\"alg\":\"ES256\"}");
	assert_string_equal(parts.payload, "{\"iss\":\"joe\",\r\n"
	    " \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}");
	assert_int_equal(parts.input_len, strlen(A3_INPUT));
	es256_digest(A3_JWS, parts.input_len, digest);
	assert_true(es256_verify(&key, digest, parts.sig));
	/* Its s is the high one: true to the standard, and altered to us. */
	assert_false(es256_is_low(parts.sig));
	es256_make_low(parts.sig);
	assert_true(es256_is_low(parts.sig));
	assert_true(es256_verify(&key, digest, parts.sig));
	digest[31] ^= 1;
	assert_false(es256_verify(&key, digest, parts.sig));
	jws_parts_clear(&parts);
	/* No key in it: not one of ours. */
	assert_false(jws_open(A3_JWS, &jws, &error));
	assert_true(g_error_matches(error, STORE_ERROR,
	    STORE_ERROR_SIGNATURE));
}

static void
only_points_and_scalars(void **state)
{
	struct es256_public key = a3_public();
	BASE_AUTO(base_secret) scalar = base_secret_new(ES256_BYTES);
	static const unsigned char order[ES256_BYTES] = {
		0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
		0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 };

	key.y[31] ^= 1;
	assert_false(es256_public_ok(&key));
	memset(&key, 0, sizeof key);
	assert_false(es256_public_ok(&key));
	memset(&key, 0xff, sizeof key);
	assert_false(es256_public_ok(&key));
	assert_false(es256_public_of(scalar, &key)); /* 0 */
	memcpy(base_secret_data(scalar), order, sizeof order);
	assert_false(es256_public_of(scalar, &key));
	base_secret_data(scalar)[31]--;
	assert_true(es256_public_of(scalar, &key)); /* n - 1 */
	assert_true(es256_public_ok(&key));
}

static void
signatures_of_nothing(void **state)
{
	struct es256_public key = a3_public();
	unsigned char digest[ES256_BYTES] = { 0 }, sig[ES256_SIG_BYTES] = { 0 };

	assert_false(es256_verify(&key, digest, sig)); /* r = s = 0 */
	sig[31] = sig[63] = 1;
	assert_false(es256_verify(&key, digest, sig));
	memset(sig, 0xff, sizeof sig);
	assert_false(es256_verify(&key, digest, sig));
}

/* ---- OpenSSL's program as the second opinion ---------------------------- */

static size_t
der_number(unsigned char *out, const unsigned char *n)
{
	size_t skip = 0, len;

	while (skip < 31 && n[skip] == 0)
		skip++;
	len = ES256_BYTES - skip;
	out[0] = 2;
	out[1] = (unsigned char)(len + (n[skip] >> 7));
	out[2] = 0;
	memcpy(out + 2 + (n[skip] >> 7), n + skip, len);
	return 2 + (size_t)out[1];
}

static char *
write_file(const struct kit *kit, const char *name, const void *bytes,
    size_t len)
{
	char *path = g_build_filename(kit->dir, name, NULL);

	assert_true(g_file_set_contents(path, bytes, (gssize)len, NULL));
	return path;
}

static gboolean
openssl_verifies(const struct kit *kit, const struct es256_public *key,
    const char *input, size_t len, const unsigned char *sig)
{
	static const unsigned char head[] = { 0x30, 0x59, 0x30, 0x13, 0x06,
		0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
		0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42,
		0x00, 0x04 };
	unsigned char der[72 + 2], spki[sizeof head + sizeof *key];
	size_t n = 2;
	int status = -1;

	memcpy(spki, head, sizeof head);
	memcpy(spki + sizeof head, key, sizeof *key);
	n += der_number(der + n, sig);
	n += der_number(der + n, sig + ES256_BYTES);
	der[0] = 0x30;
	der[1] = (unsigned char)(n - 2);

	g_autofree char *pub = write_file(kit, "pub.der", spki, sizeof spki);
	g_autofree char *text = write_file(kit, "input", input, len);
	g_autofree char *der_path = write_file(kit, "sig.der", der, n);
	const char *const argv[] = { "openssl", "dgst", "-sha256", "-keyform",
		"DER", "-verify", pub, "-signature", der_path, text, NULL };

	assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH
	    | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
	    NULL, NULL, NULL, &status, NULL));
	return status == 0;
}

static void
openssl_agrees(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(base_secret) scalar = a3_scalar();
	struct es256_public key = a3_public();

	for (int i = 0; i < 20; i++) {
		g_autofree char *payload = g_strdup_printf("{\"n\":0.%d0}", i);
		g_autofree char *input = jws_input(&key, payload,
		    strlen(payload), NOW_MS);
		unsigned char digest[ES256_BYTES], sig[ES256_SIG_BYTES];

		es256_digest(input, strlen(input), digest);
		assert_true(es256_sign(scalar, digest, sig));
		assert_true(es256_is_low(sig));
		assert_true(es256_verify(&key, digest, sig));
		assert_true(openssl_verifies(kit, &key, input, strlen(input),
		    sig));
		sig[10] ^= 4;
		assert_false(openssl_verifies(kit, &key, input, strlen(input),
		    sig));
	}
}

/* The thumbprint from its text, hashed by another program. */
static void
thumbprint_is_rfc7638(void **state)
{
	struct es256_public key = a3_public();
	g_autofree char *own = jws_thumbprint(&key);
	g_autofree char *out = NULL;
	static const char command[] = "printf '%s' '{\"crv\":\"P-256\","
	    "\"kty\":\"EC\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\"}' |"
	    " openssl dgst -sha256 -binary | openssl base64 |"
	    " tr '+/' '-_' | tr -d '=\\n'";
	const char *const argv[] = { "sh", "-c", command, NULL };

	assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, NULL));
	assert_string_equal(own, out);
}

/* ---- the JWS ------------------------------------------------------------ */

/* Any header over any payload, truly signed. */
static char *
jws_of(const struct base_secret *scalar, const char *header,
    const char *payload, gboolean high)
{
	g_autofree char *one = base64url_encode(header, strlen(header));
	g_autofree char *two = base64url_encode(payload, strlen(payload));
	g_autofree char *input = g_strconcat(one, ".", two, NULL);
	unsigned char digest[ES256_BYTES], sig[ES256_SIG_BYTES];

	es256_digest(input, strlen(input), digest);
	assert_true(es256_sign(scalar, digest, sig));
	if (high) {
		/* n - s, byte by byte */
		static const unsigned char n[] = { 0xff, 0xff, 0xff, 0xff, 0,
			0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
			0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 };
		int borrow = 0;

		for (int i = 31; i >= 0; i--) {
			int d = n[i] - sig[32 + i] - borrow;

			borrow = d < 0;
			sig[32 + i] = (unsigned char)(d + (borrow ? 256 : 0));
		}
	}
	return jws_close(input, sig);
}

static void
assert_refused(const char *jws, const char *why)
{
	g_autoptr(GError) error = NULL;
	struct jws out;

	if (jws_open(jws, &out, &error))
		fail_msg("taken: %s", jws);
	assert_true(g_error_matches(error, STORE_ERROR,
	    STORE_ERROR_SIGNATURE));
	assert_null(out.payload);
	if (why && !strstr(error->message, why))
		fail_msg("'%s' instead of '%s'", error->message, why);
}

#define JWK "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" A3_X "\",\"y\":\"" \
	A3_Y "\"}"
#define REST "\"kid\":\"%s\",\"jwk\":" JWK ",\"sigT\":" \
	"\"2026-10-26T08:00:00.000Z\",\"typ\":\"JOSE\"}"

static void
headers_of_others(void **state)
{
	static const struct { const char *header, *why; } wrong[] = {
		{ "{\"alg\":\"none\"," REST, "alg" },
		{ "{\"alg\":\"HS256\"," REST, "alg" },
		{ "{\"alg\":\"ES256K\"," REST, "alg" },
		{ "{\"alg\":\"es256\"," REST, "alg" },
		{ "{" REST, "alg" },
		{ "{\"alg\":\"ES256\",\"alg\":\"none\"," REST, "object" },
		{ "{\"alg\":\"ES256\",\"crit\":[\"exp\"]," REST, "asks" },
		{ "{\"alg\":\"ES256\",\"b64\":false," REST, "asks" },
		{ "[\"ES256\",\"%s\"]", "object" },
		{ "{\"alg\":\"ES256\",\"kid\":\"%s\",\"sigT\":"
		  "\"2026-10-26T08:00:00Z\",\"typ\":\"JOSE\"}", "jwk" },
		{ "{\"alg\":\"ES256\",\"kid\":\"x%s\",\"jwk\":" JWK
		  ",\"sigT\":\"2026-10-26T08:00:00Z\",\"typ\":\"JOSE\"}",
		  "kid" },
		{ "{\"alg\":\"ES256\",\"kid\":\"%s\",\"jwk\":" JWK
		  ",\"sigT\":\"2026-10-26\",\"typ\":\"JOSE\"}", "sigT" },
		{ "{\"alg\":\"ES256\",\"kid\":\"%s\",\"jwk\":" JWK
		  ",\"typ\":\"JOSE\"}", "sigT" },
		{ "{\"alg\":\"ES256\",\"kid\":\"%s\",\"jwk\":{\"kty\":\"EC\","
		  "\"crv\":\"P-256\",\"x\":\"" A3_X "\",\"y\":\"" A3_X "\"},"
		  "\"sigT\":\"2026-10-26T08:00:00Z\",\"typ\":\"JOSE\"}",
		  "jwk" },
		{ "{\"alg\":\"ES256\",\"kid\":\"%s\",\"jwk\":{\"kty\":\"EC\","
		  "\"crv\":\"P-256\",\"d\":\"" A3_D "\",\"x\":\"" A3_X "\","
		  "\"y\":\"" A3_Y "\"},\"sigT\":\"2026-10-26T08:00:00Z\","
		  "\"typ\":\"JOSE\"}", "jwk" },
	};
	BASE_AUTO(base_secret) scalar = a3_scalar();
	struct es256_public key = a3_public();
	g_autofree char *kid = jws_thumbprint(&key);
	g_autofree char *right = g_strdup_printf("{\"alg\":\"ES256\"," REST,
	    kid);
	g_autofree char *good = jws_of(scalar, right, "{}", FALSE);
	g_autofree char *high = jws_of(scalar, right, "{}", TRUE);
	struct jws out;

	assert_true(jws_open(good, &out, NULL));
	assert_string_equal(out.thumbprint, kid);
	assert_string_equal(out.payload, "{}");
	jws_clear(&out);
	assert_refused(high, "low form");
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		g_autofree char *header = g_strdup_printf(wrong[i].header,
		    kid);
#pragma GCC diagnostic pop
		g_autofree char *jws = jws_of(scalar, header, "{}", FALSE);

		assert_refused(jws, wrong[i].why);
	}
}

/* An order as it stands on the screen, with all that a canonical form would
 * change. */
static const char odd_payload[] = "{ \"resourceType\" : \"Bundle\",\n"
    "\t\"b\":0.10, \"a\":1.0e0, \"z\":\"氨氯地平 5 mg \\u00e9 \xf0\x9f\x92\x8a\" }\n";

static char *
signed_here(struct store *store, struct signer_info *info)
{
	BASE_AUTO(base_secret) words = secret("签名口令 correct");
	BASE_AUTO(signer) signer = NULL;

	assert_true(store_signer_create(store, words, &cheap, FALSE, NOW_MS,
	    NULL));
	signer = store_signer_open(store, words, 300, NULL);
	assert_non_null(signer);
	if (info)
		assert_true(store_signer(store, info, NULL));
	return signer_sign(signer, odd_payload, strlen(odd_payload), NOW_MS,
	    NULL);
}

static void
the_payload_is_these_bytes(void **state)
{
	struct kit *kit = *state;
	struct signer_info info;
	g_autofree char *text = signed_here(kit->store, &info);
	struct jws jws;

	assert_non_null(text);
	assert_true(store_jws_verify(kit->store, text, &jws, NULL));
	assert_int_equal(jws.len, strlen(odd_payload));
	assert_memory_equal(jws.payload, odd_payload, jws.len);
	assert_string_equal(jws.thumbprint, info.thumbprint);
	assert_int_equal(jws.signed_ms, NOW_MS);
	assert_true(jws.known);
	jws_clear(&jws);
	signer_info_clear(&info);
}

/* CN-52: whatever is done to one byte is seen. */
static void
every_byte_counts(void **state)
{
	struct kit *kit = *state;
	g_autofree char *text = signed_here(kit->store, NULL);
	size_t len = strlen(text);

	assert_true(len > 500);
	for (size_t i = 0; i < len; i++) {
		static const char others[] = "AZaz09-_.=\x01\xff";
		g_autofree char *one = g_strdup(text);

		for (const char *c = others; *c; c++) {
			if (*c == text[i])
				continue;
			one[i] = *c;
			assert_refused(one, NULL);
		}
		for (int bit = 0; bit < 7; bit++) {
			one[i] = (char)(text[i] ^ (1 << bit));
			assert_refused(one, NULL);
		}
		memcpy(one, text, len + 1);
		memmove(one + i, one + i + 1, len - i); /* taken out */
		assert_refused(one, NULL);
		g_free(one);
		one = g_strdup_printf("%.*sA%s", (int)i, text, text + i);
		assert_refused(one, NULL);
	}
	g_autofree char *more = g_strconcat(text, ".", NULL);
	g_autofree char *blank = g_strconcat(text, "\n", NULL);
	assert_refused(more, NULL);
	assert_refused(blank, NULL);
	assert_refused("", NULL);
	assert_refused("..", NULL);
}

static void
a_strangers_is_not_known(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(base_secret) scalar = a3_scalar();
	struct es256_public key = a3_public();
	g_autofree char *kid = jws_thumbprint(&key);
	g_autofree char *header = g_strdup_printf("{\"alg\":\"ES256\"," REST,
	    kid);
	g_autofree char *text = jws_of(scalar, header, "{}", FALSE);
	struct jws jws;

	assert_true(store_jws_verify(kit->store, text, &jws, NULL));
	assert_false(jws.known);
	jws_clear(&jws);
}

/* ---- the software key --------------------------------------------------- */

static void
assert_opens_not(struct store *store, const char *words, enum store_error code)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_secret) s = secret(words);

	assert_null(store_signer_open(store, s, 300, &error));
	if (!g_error_matches(error, STORE_ERROR, (int)code))
		fail_msg("%d instead of %d: %s", error->code, code,
		    error->message);
}

static void
one_signer(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(base_secret) first = secret("first secret");
	BASE_AUTO(base_secret) second = secret("second secret");
	g_autoptr(GError) error = NULL;
	struct signer_info info, again;

	assert_opens_not(kit->store, "first secret", STORE_ERROR_NO_SIGNER);
	assert_true(store_signer(kit->store, &info, NULL));
	assert_int_equal(info.kind, SIGNER_NONE);
	assert_true(store_signer_create(kit->store, first, &cheap, FALSE,
	    NOW_MS, NULL));
	assert_true(store_signer(kit->store, &info, NULL));
	assert_int_equal(info.kind, SIGNER_SOFTWARE);
	assert_int_equal(info.from_ms, NOW_MS);
	assert_int_equal(strlen(info.thumbprint), 43);
	assert_false(store_signer_create(kit->store, second, &cheap, FALSE,
	    NOW_MS, &error));
	assert_true(g_error_matches(error, STORE_ERROR,
	    STORE_ERROR_SIGNER_THERE));
	assert_opens_not(kit->store, "second secret",
	    STORE_ERROR_WRONG_SECRET);

	/* Replaced when asked: another key, and the old one is still known. */
	assert_true(store_signer_create(kit->store, second, &cheap, TRUE,
	    NOW_MS + 1, NULL));
	assert_true(store_signer(kit->store, &again, NULL));
	assert_string_not_equal(info.thumbprint, again.thumbprint);
	assert_true(signer_known(kit->store, info.thumbprint));
	assert_true(signer_known(kit->store, again.thumbprint));
	assert_opens_not(kit->store, "first secret",
	    STORE_ERROR_WRONG_SECRET);
	signer_info_clear(&info);
	signer_info_clear(&again);
}

/* Every field of the row, one bit: never "wrong secret", never a key. */
static void
damage_is_told_apart(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(base_secret) words = secret("right secret");
	static const char *const numbers[] = { "kind", "from_ms", "ops",
		"mem" };
	static const char *const blobs[] = { "public", "salt", "nonce",
		"wrapped", "hash" };
	static const char *const texts[] = { "module", "label", "serial" };

	assert_true(store_signer_create(kit->store, words, &cheap, FALSE,
	    NOW_MS, NULL));
	kit_exec(kit->store, "CREATE TEMP TABLE whole AS SELECT * FROM signer");
	for (size_t i = 0; i < 12; i++) {
		g_autofree char *sql = NULL;

		if (i < 4)
			sql = g_strdup_printf("UPDATE signer SET %s=%s+1",
			    numbers[i], numbers[i]);
		else if (i < 9)
			/* Some end in the byte that is put there: one in 256. */
			sql = g_strdup_printf("UPDATE signer SET %1$s="
			    "cast(substr(%1$s, 1, length(%1$s)-1) ||"
			    " CASE substr(%1$s, -1) WHEN x'00' THEN x'01'"
			    " ELSE x'00' END AS BLOB)", blobs[i - 4]);
		else
			sql = g_strdup_printf("UPDATE signer SET %s='x'",
			    texts[i - 9]);
		kit_exec(kit->store, sql);
		assert_opens_not(kit->store, "right secret",
		    STORE_ERROR_SIGNER_DAMAGED);
		assert_opens_not(kit->store, "wrong secret",
		    STORE_ERROR_SIGNER_DAMAGED);
		kit_exec(kit->store, "DELETE FROM signer;"
		    "INSERT INTO signer SELECT * FROM whole");
	}
	assert_opens_not(kit->store, "wrong secret", STORE_ERROR_WRONG_SECRET);
	BASE_AUTO(signer) signer = store_signer_open(kit->store, words, 1,
	    NULL);
	assert_non_null(signer);
}

/* Whole rows that an enemy wrote, with hashes that fit. */
static void
absurd_rows(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(base_secret) words = secret("right secret");
	static const struct vault_kdf absurd[] = { { 0, 8192 },
		{ UINT64_C(1) << 40, 8192 }, { 1, 0 },
		{ 1, UINT64_C(1) << 50 } };
	struct es256_public stranger = a3_public();
	struct signer_row row, bad;

	assert_true(store_signer_create(kit->store, words, &cheap, FALSE,
	    NOW_MS, NULL));
	assert_true(signer_row_get(kit->store, &row, NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(absurd); i++) {
		g_autoptr(GError) error = NULL;

		bad = row;
		bad.kdf = absurd[i];
		assert_true(signer_row_put(kit->store, &bad, TRUE, NULL));
		assert_opens_not(kit->store, "right secret",
		    STORE_ERROR_SIGNER_DAMAGED);
		assert_false(store_signer_create(kit->store, words, &absurd[i],
		    TRUE, NOW_MS, &error));
		assert_true(g_error_matches(error, STORE_ERROR,
		    STORE_ERROR_INVALID));
	}
	/* Another's public key over my private one: the tag covers it. */
	bad = row;
	bad.key = stranger;
	assert_true(signer_row_put(kit->store, &bad, TRUE, NULL));
	assert_opens_not(kit->store, "right secret", STORE_ERROR_WRONG_SECRET);
	signer_row_clear(&row);
}

static void
the_secret_changes(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(base_secret) old_words = secret("old secret");
	BASE_AUTO(base_secret) new_words = secret("new secret");
	BASE_AUTO(base_secret) brief = secret("短口令七个字呀"); /* 7 */
	g_autoptr(GError) error = NULL;
	struct signer_info before, after;

	assert_false(store_signer_create(kit->store, brief, &cheap, FALSE,
	    NOW_MS, &error));
	assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_INVALID));
	g_clear_error(&error);
	assert_true(store_signer_create(kit->store, old_words, &cheap, FALSE,
	    NOW_MS, NULL));
	assert_true(store_signer(kit->store, &before, NULL));
	assert_false(store_signer_change(kit->store, new_words, old_words,
	    &cheap, &error));
	assert_true(g_error_matches(error, STORE_ERROR,
	    STORE_ERROR_WRONG_SECRET));
	assert_true(store_signer_change(kit->store, old_words, new_words,
	    &cheap, NULL));
	assert_opens_not(kit->store, "old secret", STORE_ERROR_WRONG_SECRET);
	BASE_AUTO(signer) signer = store_signer_open(kit->store, new_words, 1,
	    NULL);
	assert_non_null(signer);
	assert_true(store_signer(kit->store, &after, NULL));
	assert_string_equal(before.thumbprint, after.thumbprint);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM"
	    " signer_public"), 1);
	signer_info_clear(&before);
	signer_info_clear(&after);
}

/* ---- step-up ------------------------------------------------------------ */

static int64_t test_ms;

static int64_t
test_clock(void)
{
	return test_ms;
}

static void
assert_over(struct signer *signer)
{
	g_autoptr(GError) error = NULL;

	assert_false(signer_valid(signer));
	assert_int_equal(signer_left_s(signer), 0);
	assert_null(signer_sign(signer, "{}", 2, NOW_MS, &error));
	assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_STEP_UP));
}

static void
step_up_ends(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(base_secret) words = secret("right secret");
	g_autofree char *one = NULL, *two = NULL, *three = NULL;
	g_autoptr(GError) error = NULL;

	test_ms = 1000;
	sign_clock_ms = test_clock;
	assert_true(store_signer_create(kit->store, words, &cheap, FALSE,
	    NOW_MS, NULL));
	BASE_AUTO(signer) signer = store_signer_open(kit->store, words, 300,
	    NULL);
	assert_int_equal(signer_left_s(signer), 300);
	base_clock_fix(NOW_MS + 9 * HOUR_MS); /* the wall clock says nothing */
	one = signer_sign(signer, "{}", 2, NOW_MS, NULL);
	assert_non_null(one);
	assert_null(signer_sign(signer, "", 0, NOW_MS, &error));
	assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_INVALID));
	test_ms += 299999;
	assert_int_equal(signer_left_s(signer), 1);
	two = signer_sign(signer, "{}", 2, NOW_MS, NULL);
	assert_non_null(two);
	test_ms += 1;
	assert_over(signer);
	test_ms = 1000; /* a clock put back brings nothing back */
	assert_over(signer);

	/* 0: one signature, and a minute for it. */
	BASE_AUTO(signer) once = store_signer_open(kit->store, words, 0, NULL);
	assert_int_equal(signer_left_s(once), SIGNER_ONCE_S);
	three = signer_sign(once, "{}", 2, NOW_MS, NULL);
	assert_non_null(three);
	assert_over(once);
	BASE_AUTO(signer) late = store_signer_open(kit->store, words, 0, NULL);
	test_ms += SIGNER_ONCE_S * 1000;
	assert_over(late);
	sign_clock_ms = NULL;
}

/* ---- after damage ------------------------------------------------------- */

static void
a_rescue_keeps_the_key(void **state)
{
	struct kit *kit = *state;
	BASE_AUTO(base_secret) words = secret("签名口令 correct");
	g_autofree char *text = signed_here(kit->store, NULL);
	struct store_rescue report = { 0 };
	struct jws jws;

	store_close(kit->store);
	kit->store = store_rebuild(kit->dir, kit->key, STORE_SCREEN, &report,
	    NULL);
	assert_non_null(kit->store);
	assert_int_equal(report.lost_known, 0);
	g_free(report.aside);
	assert_true(store_jws_verify(kit->store, text, &jws, NULL));
	assert_true(jws.known);
	jws_clear(&jws);
	BASE_AUTO(signer) signer = store_signer_open(kit->store, words, 1,
	    NULL);
	assert_non_null(signer);
}

/* ---- where signatures are found ----------------------------------------- */

static void
provenance_is_found(void **state)
{
	struct kit *kit = *state;
	static const char fmt[] = "{'resourceType':'Provenance','id':'%s',"
	    "'meta':{'versionId':'1','lastUpdated':'%s'},"
	    "'target':[{'reference':'MedicationRequest/a'},"
	    "{'reference':'MedicationRequest/b/_history/1'}],"
	    "'recorded':'%s','agent':[{'who':{'reference':"
	    "'Practitioner/me'}}]}";
	g_autoptr(GPtrArray) none = NULL, two = NULL, one = NULL, all = NULL;

	kit_put(kit->store, fmt, "p1", kit_time(-20), kit_time(-20));
	kit_put(kit->store, fmt, "p2", kit_time(-10), kit_time(-10));
	none = store_provenances(kit->store, "MedicationRequest/c", NULL);
	assert_int_equal(none->len, 0);
	two = store_provenances(kit->store, "MedicationRequest/b", NULL);
	assert_int_equal(two->len, 2);
	assert_string_equal(two->pdata[0], "Provenance/p2");
	assert_string_equal(two->pdata[1], "Provenance/p1");
	assert_true(store_gone(kit->store, "Provenance", "p2", NULL));
	one = store_provenances(kit->store, "MedicationRequest/a", NULL);
	assert_int_equal(one->len, 1);
	all = store_provenances(kit->store, NULL, NULL);
	assert_int_equal(all->len, 1);
}

/* A signed payload is the patient's: retention takes it with the order. */
static void
provenance_goes_with_its_patient(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GPtrArray) all = NULL;

	kit_patient(kit->store, "x", "张三");
	kit_put(kit->store, "{'resourceType':'MedicationRequest','id':'a',"
	    "'meta':{'versionId':'1','lastUpdated':'%s'},'status':'active',"
	    "'intent':'order','subject':{'reference':'Patient/x'}}",
	    kit_time(-30));
	kit_put(kit->store, "{'resourceType':'Provenance','id':'p',"
	    "'meta':{'versionId':'1','lastUpdated':'%s'},"
	    "'target':[{'reference':'MedicationRequest/a'}]}", kit_time(-20));
	kit_exec(kit->store, "UPDATE patient SET left_ms=1");
	assert_int_equal(store_purge(kit->store, NOW_MS, 1, NULL), 1);
	all = store_provenances(kit->store, NULL, NULL);
	assert_int_equal(all->len, 0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM body"), 0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM link"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64url_is_strict),
		cmocka_unit_test(rfc7515_example_holds),
		cmocka_unit_test(only_points_and_scalars),
		cmocka_unit_test(signatures_of_nothing),
		KIT_TEST(openssl_agrees),
		cmocka_unit_test(thumbprint_is_rfc7638),
		cmocka_unit_test(headers_of_others),
		KIT_TEST(the_payload_is_these_bytes),
		KIT_TEST(every_byte_counts),
		KIT_TEST(a_strangers_is_not_known),
		KIT_TEST(one_signer),
		KIT_TEST(damage_is_told_apart),
		KIT_TEST(absurd_rows),
		KIT_TEST(the_secret_changes),
		KIT_TEST(step_up_ends),
		KIT_TEST(a_rescue_keeps_the_key),
		KIT_TEST(provenance_is_found),
		KIT_TEST(provenance_goes_with_its_patient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
