/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves with SoftHSM2, each test with tokens of its own: a P-256 key in a token
 * signs what OpenSSL and we verify, and never a payload by a wrong PIN, a locked
 * one, another key, or a token that went away between opening and signing: each
 * is a code of its own and no bytes. A token is found by its label; none and
 * several are refused. What SoftHSM does not do (locking, last try, a card that
 * is pulled, a PIN for each signature, a wrong signature) is done by its own
 * functions with one of them replaced.
 */
#define CRYPTOKI_GNU
#include "tests/store/kit.h"
#include "store/sign.h"

#include <p11-kit/pkcs11.h>

#define PIN "123456"

struct hsm {
	struct kit *kit;
	char *dir, *tokens, *module;
};

static struct base_secret *
secret(const char *words)
{
	g_autofree char *copy = g_strdup(words);

	return base_secret_take(copy, strlen(copy));
}

static char *
find_module(void)
{
	static const char *const places[] = {
		"/usr/lib/softhsm/libsofthsm2.so",
		"/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
		"/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
		"/usr/lib64/pkcs11/libsofthsm2.so",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
		if (g_file_test(places[i], G_FILE_TEST_EXISTS))
			return g_strdup(places[i]);
	fail_msg("SoftHSM2 is missing: apt-get install softhsm2");
	return NULL;
}

static int
hsm_setup(void **state)
{
	struct hsm *h = g_new0(struct hsm, 1);
	g_autofree char *conf = NULL, *text = NULL;

	kit_setup((void **)&h->kit);
	h->dir = g_dir_make_tmp("qn-token-XXXXXX", NULL);
	h->tokens = g_build_filename(h->dir, "tokens", NULL);
	conf = g_build_filename(h->dir, "softhsm2.conf", NULL);
	text = g_strdup_printf("directories.tokendir = %s\n"
	    "objectstore.backend = file\nlog.level = ERROR\n", h->tokens);
	g_mkdir(h->tokens, 0700);
	assert_true(g_file_set_contents(conf, text, -1, NULL));
	g_setenv("SOFTHSM2_CONF", conf, TRUE);
	h->module = find_module();
	token_wrap = NULL;
	*state = h;
	return 0;
}

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) d = g_dir_open(path, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		remove_tree(child);
	}
	g_remove(path);
}

static int
hsm_teardown(void **state)
{
	struct hsm *h = *state;

	token_wrap = NULL;
	kit_teardown((void **)&h->kit);
	remove_tree(h->dir);
	g_free(h->dir);
	g_free(h->tokens);
	g_free(h->module);
	g_free(h);
	return 0;
}

static void
run(const char *const *argv)
{
	g_autofree char *err = NULL;
	int status = -1;

	assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH
	    | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &err, &status,
	    NULL));
	if (status != 0)
		fail_msg("%s: %s", argv[0], err);
}

/* A token with a key that OpenSSL made. */
static void
token_make(struct hsm *h, const char *label, const char *curve, const char *id)
{
	g_autofree char *key = g_strconcat(h->dir, "/", label, id, ".pem", NULL);
	g_autofree char *p8 = g_strconcat(h->dir, "/", label, id, ".p8", NULL);
	const char *const init[] = { "softhsm2-util", "--init-token", "--free",
		"--label", label, "--pin", PIN, "--so-pin", "12345678", NULL };
	const char *const make[] = { "openssl", "ecparam", "-name", curve,
		"-genkey", "-noout", "-out", key, NULL };
	const char *const convert[] = { "openssl", "pkcs8", "-topk8", "-nocrypt",
		"-in", key, "-out", p8, NULL };
	const char *const import[] = { "softhsm2-util", "--import", p8,
		"--token", label, "--label", "sign", "--id", id, "--pin", PIN,
		NULL };

	if (strcmp(id, "01") == 0)
		run(init);
	run(make);
	run(convert);
	run(import);
}

static gboolean
name(struct hsm *h, const char *label, const char *pin, enum store_error *code)
{
	BASE_AUTO(base_secret) s = secret(pin);
	g_autoptr(GError) error = NULL;
	gboolean ok = store_signer_token(h->kit->store, h->module, label, s,
	    FALSE, NOW_MS, &error);

	if (error) {
		assert_int_equal(error->domain, STORE_ERROR);
		assert_true(*error->message);
		if (code)
			*code = (enum store_error)error->code;
	}
	assert_true(ok == (error == NULL));
	return ok;
}

static struct signer *
open_with(struct hsm *h, const char *pin, int valid_s, enum store_error *code)
{
	BASE_AUTO(base_secret) s = secret(pin);
	g_autoptr(GError) error = NULL;
	struct signer *signer = store_signer_open(h->kit->store, s, valid_s,
	    &error);

	if (error && code)
		*code = (enum store_error)error->code;
	return signer;
}

static const char payload[] = "{\"resourceType\":\"Bundle\",\"n\":0.10}";

static char *
sign_with(struct signer *signer, enum store_error *code)
{
	g_autoptr(GError) error = NULL;
	char *text = signer_sign(signer, payload, strlen(payload), NOW_MS,
	    &error);

	if (error && code)
		*code = (enum store_error)error->code;
	assert_true((text == NULL) == (error != NULL));
	return text;
}

/* ---- with SoftHSM as it is ---------------------------------------------- */

static void
a_token_signs(void **state)
{
	struct hsm *h = *state;
	struct signer_info info;

	token_make(h, "吴医生", "prime256v1", "01");
	assert_true(name(h, NULL, PIN, NULL));
	assert_true(store_signer(h->kit->store, &info, NULL));
	assert_int_equal(info.kind, SIGNER_TOKEN);
	assert_string_equal(info.words, "吴医生");
	assert_string_equal(info.module, h->module);
	BASE_AUTO(signer) signer = open_with(h, PIN, 300, NULL);
	assert_non_null(signer);
	for (int i = 0; i < 10; i++) {
		g_autofree char *text = sign_with(signer, NULL);
		struct jws jws;

		assert_non_null(text);
		assert_true(store_jws_verify(h->kit->store, text, &jws, NULL));
		assert_int_equal(jws.len, strlen(payload));
		assert_memory_equal(jws.payload, payload, jws.len);
		assert_string_equal(jws.thumbprint, info.thumbprint);
		assert_true(jws.known);
		jws_clear(&jws);
	}
	signer_info_clear(&info);
}

/* The public key that the token shows is that of the file OpenSSL made. */
static void
it_is_that_key(void **state)
{
	struct hsm *h = *state;
	struct signer_row row;
	g_autofree char *key = NULL, *der = NULL, *out = NULL;
	const char *argv[] = { "openssl", "ec", "-in", NULL, "-pubout",
		"-outform", "DER", "-out", NULL, NULL };
	gsize len;

	token_make(h, "one", "prime256v1", "01");
	assert_true(name(h, "one", PIN, NULL));
	key = g_build_filename(h->dir, "one01.pem", NULL);
	der = g_build_filename(h->dir, "pub.der", NULL);
	argv[3] = key;
	argv[8] = der;
	run(argv);
	assert_true(g_file_get_contents(der, &out, &len, NULL));
	assert_true(signer_row_get(h->kit->store, &row, NULL));
	assert_int_equal(len, 27 + 64);
	assert_memory_equal(out + 27, &row.key, 64);
	signer_row_clear(&row);
}

static void
wrong_pins(void **state)
{
	struct hsm *h = *state;
	enum store_error code = 0;

	token_make(h, "one", "prime256v1", "01");
	assert_false(name(h, NULL, "654321", &code));
	assert_int_equal(code, STORE_ERROR_WRONG_SECRET);
	assert_false(name(h, NULL, "", &code));
	assert_int_equal(code, STORE_ERROR_WRONG_SECRET);
	assert_int_equal(kit_sql(h->kit->store, "SELECT count(*) FROM signer"),
	    0);
	assert_true(name(h, NULL, PIN, NULL));
	assert_null(open_with(h, "654321", 300, &code));
	assert_int_equal(code, STORE_ERROR_WRONG_SECRET);
}

static void
which_token(void **state)
{
	struct hsm *h = *state;
	enum store_error code = 0;
	struct signer_info info;

	assert_false(name(h, NULL, PIN, &code)); /* none */
	assert_int_equal(code, STORE_ERROR_TOKEN);
	token_make(h, "one", "prime256v1", "01");
	token_make(h, "two", "prime256v1", "01");
	code = 0;
	assert_false(name(h, NULL, PIN, &code)); /* several */
	assert_int_equal(code, STORE_ERROR_TOKEN);
	assert_false(name(h, "three", PIN, &code));
	assert_true(name(h, "two", PIN, NULL));
	assert_true(store_signer(h->kit->store, &info, NULL));
	assert_string_equal(info.words, "two");
	signer_info_clear(&info);
	/* And is found again among the two. */
	BASE_AUTO(signer) signer = open_with(h, PIN, 300, NULL);
	assert_non_null(signer);
}

static void
only_p256_keys(void **state)
{
	struct hsm *h = *state;
	enum store_error code = 0;

	token_make(h, "one", "secp384r1", "01");
	assert_false(name(h, NULL, PIN, &code));
	assert_int_equal(code, STORE_ERROR_TOKEN);
	token_make(h, "one", "prime256v1", "02");
	assert_true(name(h, NULL, PIN, NULL));
	token_make(h, "one", "prime256v1", "03"); /* a third: still the second */
	BASE_AUTO(signer) signer = open_with(h, PIN, 300, NULL);
	g_autofree char *text = sign_with(signer, NULL);
	assert_non_null(text);
}

static void
no_module(void **state)
{
	struct hsm *h = *state;
	static const char *const files[] = { "/nowhere/lib.so", "/etc/passwd",
		"libsofthsm2.so", "", "/lib/x86_64-linux-gnu/libc.so.6" };
	BASE_AUTO(base_secret) pin = secret(PIN);

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autoptr(GError) error = NULL;

		assert_false(store_signer_token(h->kit->store, files[i], NULL,
		    pin, FALSE, NOW_MS, &error));
		assert_true(g_error_matches(error, STORE_ERROR,
		    STORE_ERROR_TOKEN));
	}
}

/* The token's files go between opening and signing; then the whole token. */
static void
pulled_out(void **state)
{
	struct hsm *h = *state;
	enum store_error code = 0;

	token_make(h, "one", "prime256v1", "01");
	assert_true(name(h, NULL, PIN, NULL));
	BASE_AUTO(signer) signer = open_with(h, PIN, 300, NULL);
	assert_non_null(signer);
	remove_tree(h->tokens);
	g_autofree char *text = sign_with(signer, &code);
	assert_null(text);
	assert_int_equal(code, STORE_ERROR_TOKEN);
	/* And what was opened is closed. */
	assert_false(signer_valid(signer));
	assert_null(open_with(h, PIN, 300, &code));
	assert_int_equal(code, STORE_ERROR_TOKEN);
}

static void
another_key_is_refused(void **state)
{
	struct hsm *h = *state;
	enum store_error code = 0;
	struct signer_row row;

	token_make(h, "one", "prime256v1", "01");
	assert_true(name(h, NULL, PIN, NULL));
	assert_true(signer_row_get(h->kit->store, &row, NULL));
	row.key.x[0] ^= 1; /* the row speaks of another */
	assert_true(signer_row_put(h->kit->store, &row, TRUE, NULL));
	signer_row_clear(&row);
	assert_null(open_with(h, PIN, 300, &code));
	assert_int_equal(code, STORE_ERROR_TOKEN);
}

/* ---- with one function replaced ----------------------------------------- */

static struct ck_function_list own, *real;
static ck_rv_t answer;
static unsigned long flags;
static int context_logins;

static ck_rv_t
login(ck_session_handle_t session, ck_user_type_t user, unsigned char *pin,
    unsigned long len)
{
	if (user == CKU_CONTEXT_SPECIFIC) {
		context_logins++;
		return len == strlen(PIN) && memcmp(pin, PIN, len) == 0
		    ? CKR_OK : CKR_PIN_INCORRECT;
	}
	return answer != CKR_OK ? answer : real->C_Login(session, user, pin,
	    len);
}

static ck_rv_t
info_of(ck_slot_id_t slot, struct ck_token_info *info)
{
	ck_rv_t rv = real->C_GetTokenInfo(slot, info);

	info->flags |= flags;
	return rv;
}

static ck_rv_t
failing_sign(ck_session_handle_t session, unsigned char *data,
    unsigned long data_len, unsigned char *sig, unsigned long *len)
{
	ck_rv_t rv = real->C_Sign(session, data, data_len, sig, len);

	if (answer == CKR_OK)
		sig[5] ^= 1; /* a faulty token */
	return answer != CKR_OK ? answer : rv;
}

static ck_rv_t
asks_each_time(ck_session_handle_t session, ck_object_handle_t object,
    struct ck_attribute *a, unsigned long n)
{
	if (n == 1 && a->type == CKA_ALWAYS_AUTHENTICATE) {
		*(unsigned char *)a->value = 1;
		a->value_len = 1;
		return CKR_OK;
	}
	return real->C_GetAttributeValue(session, object, a, n);
}

static struct ck_function_list *
wrap_login(struct ck_function_list *list)
{
	real = list;
	own = *list;
	own.C_Login = login;
	own.C_GetTokenInfo = info_of;
	return &own;
}

static struct ck_function_list *
wrap_sign(struct ck_function_list *list)
{
	real = list;
	own = *list;
	own.C_Sign = failing_sign;
	return &own;
}

static struct ck_function_list *
wrap_each_time(struct ck_function_list *list)
{
	wrap_login(list);
	own.C_GetAttributeValue = asks_each_time;
	return &own;
}

static void
locked_pins(void **state)
{
	struct hsm *h = *state;
	static const struct {
		ck_rv_t answer;
		unsigned long flags;
		enum store_error code;
	} cases[] = {
		{ CKR_PIN_LOCKED, 0, STORE_ERROR_PIN_LOCKED },
		{ CKR_OK, CKF_USER_PIN_LOCKED, STORE_ERROR_PIN_LOCKED },
		{ CKR_PIN_INCORRECT, CKF_USER_PIN_FINAL_TRY,
		    STORE_ERROR_PIN_LAST },
		{ CKR_PIN_INCORRECT, 0, STORE_ERROR_WRONG_SECRET },
		{ CKR_DEVICE_REMOVED, 0, STORE_ERROR_TOKEN },
		{ CKR_GENERAL_ERROR, 0, STORE_ERROR_TOKEN },
	};

	token_make(h, "one", "prime256v1", "01");
	assert_true(name(h, NULL, PIN, NULL));
	token_wrap = wrap_login;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		enum store_error code = 0;

		answer = cases[i].answer;
		flags = cases[i].flags;
		assert_null(open_with(h, PIN, 300, &code));
		assert_int_equal(code, cases[i].code);
	}
	answer = CKR_OK;
	flags = 0;
}

/* What is known before a PIN is typed, without logging in. */
static void
looked_at_first(void **state)
{
	struct hsm *h = *state;
	static const struct { unsigned long flags; enum signer_pin pin; }
	cases[] = {
		{ 0, SIGNER_PIN_FINE },
		{ CKF_USER_PIN_COUNT_LOW, SIGNER_PIN_LOW },
		{ CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY,
		    SIGNER_PIN_LAST },
	};
	g_autoptr(GError) locked = NULL, gone = NULL;
	enum signer_pin pin = SIGNER_PIN_LAST;

	assert_false(store_signer_look(h->kit->store, &pin, NULL));
	token_make(h, "one", "prime256v1", "01");
	assert_true(name(h, NULL, PIN, NULL));
	token_wrap = wrap_login;
	answer = CKR_GENERAL_ERROR; /* to any login */
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		flags = cases[i].flags;
		assert_true(store_signer_look(h->kit->store, &pin, NULL));
		assert_int_equal(pin, cases[i].pin);
	}
	flags = CKF_USER_PIN_LOCKED;
	assert_false(store_signer_look(h->kit->store, &pin, &locked));
	assert_true(g_error_matches(locked, STORE_ERROR,
	    STORE_ERROR_PIN_LOCKED));
	flags = 0;
	answer = CKR_OK;
	token_wrap = NULL;
	remove_tree(h->tokens);
	assert_false(store_signer_look(h->kit->store, &pin, &gone));
	assert_true(g_error_matches(gone, STORE_ERROR, STORE_ERROR_TOKEN));
}

static void
signing_fails(void **state)
{
	struct hsm *h = *state;
	static const ck_rv_t answers[] = { CKR_DEVICE_REMOVED,
		CKR_TOKEN_NOT_PRESENT, CKR_SESSION_HANDLE_INVALID,
		CKR_DEVICE_ERROR, CKR_FUNCTION_FAILED, CKR_HOST_MEMORY,
		CKR_OK /* says yes and is wrong */ };

	token_make(h, "one", "prime256v1", "01");
	assert_true(name(h, NULL, PIN, NULL));
	token_wrap = wrap_sign;
	for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
		enum store_error code = 0;
		BASE_AUTO(signer) signer = open_with(h, PIN, 300, NULL);
		g_autofree char *text = NULL;

		assert_non_null(signer);
		answer = answers[i];
		text = sign_with(signer, &code);
		assert_null(text);
		assert_int_equal(code, STORE_ERROR_TOKEN);
		assert_false(signer_valid(signer));
	}
}

static void
a_pin_for_each(void **state)
{
	struct hsm *h = *state;
	enum store_error code = 0;
	g_autofree char *text = NULL, *second = NULL;

	answer = CKR_OK;
	flags = 0;
	context_logins = 0;
	token_make(h, "one", "prime256v1", "01");
	assert_true(name(h, NULL, PIN, NULL));
	token_wrap = wrap_each_time;
	BASE_AUTO(signer) signer = open_with(h, PIN, 300, NULL);
	assert_non_null(signer);
	assert_true(signer_left_s(signer) <= SIGNER_ONCE_S);
	text = sign_with(signer, NULL);
	assert_non_null(text);
	assert_int_equal(context_logins, 1);
	second = sign_with(signer, &code);
	assert_null(second);
	assert_int_equal(code, STORE_ERROR_STEP_UP);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, hsm_setup, hsm_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_token_signs),
		TEST(it_is_that_key),
		TEST(wrong_pins),
		TEST(which_token),
		TEST(only_p256_keys),
		TEST(no_module),
		TEST(pulled_out),
		TEST(another_key_is_refused),
		TEST(locked_pins),
		TEST(looked_at_first),
		TEST(signing_fails),
		TEST(a_pin_for_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
