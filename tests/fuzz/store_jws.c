/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as base64url, as a compact JWS and as its header. What is decoded is
 * written back the same, sign by sign; a key that is read is a point and has its
 * thumbprint; and of all texts only the one that was signed (corpus, "signed")
 * opens.
 */
#include "store/sign.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void
writes_back(const char *bytes, size_t len, const char *text, size_t text_len)
{
	g_autofree char *again = base64url_encode(bytes, len);

	must(strlen(again) == text_len && memcmp(again, text, text_len) == 0);
}

static void
try_base64url(const char *text, size_t len)
{
	size_t out_len;
	g_autofree unsigned char *bytes = base64url_decode(text, len, &out_len);

	if (bytes)
		writes_back((char *)bytes, out_len, text, len);
}

static void
try_header(const char *text, size_t len)
{
	g_autofree char *thumbprint = NULL, *own = NULL;
	struct es256_public key;
	int64_t when_ms;

	if (!jws_header_read(text, len, &key, &thumbprint, &when_ms, NULL))
		return;
	must(es256_public_ok(&key));
	own = jws_thumbprint(&key);
	must(strcmp(own, thumbprint) == 0);
}

static void
try_parts(const char *text, size_t len)
{
	struct jws_parts parts;
	size_t header;

	if (!jws_split(text, len, &parts, NULL))
		return;
	header = strcspn(text, ".");
	writes_back(parts.header, parts.header_len, text, header);
	writes_back(parts.payload, parts.payload_len, text + header + 1,
	    parts.input_len - header - 1);
	writes_back((char *)parts.sig, sizeof parts.sig,
	    text + parts.input_len + 1, len - parts.input_len - 1);
	try_header(parts.header, parts.header_len);
	jws_parts_clear(&parts);
}

/* The corpus file, read once: nothing else was ever signed. */
static const char *
the_signed_one(void)
{
	static char *text;
	const char *src = g_getenv("QN_TEST_SRCDIR");
	g_autofree char *path = NULL;

	if (text)
		return text;
	path = g_build_filename(src ? src : ".", "tests", "fuzz", "corpus",
	    "store_jws", "signed", NULL);
	must(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void
try_open(const char *text)
{
	struct jws jws;
	gboolean ok = jws_open(text, &jws, NULL);

	must(ok == (strcmp(text, the_signed_one()) == 0));
	if (ok)
		jws_clear(&jws);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);

	try_base64url((const char *)data, size);
	try_header((const char *)data, size);
	if (strlen(text) == size) {
		try_parts(text, size);
		try_open(text);
	}
	return 0;
}
