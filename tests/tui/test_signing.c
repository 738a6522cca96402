/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of the signature on the screen, with SoftHSM2: the PIN typed there signs
 * the very bytes that were prepared; a wrong PIN, a token that is not there, is
 * pulled out before the PIN, between login and signature, or while it signs, is a
 * sentence each, signs nothing, sends nothing and leaves the order prepared, and
 * the token put back signs it. A last try is said before it is typed, a locked PIN
 * is not asked for. The step-up is good for its time and no longer, on a sight
 * that stands open too, and its key is closed then; a lock ends it. What came in
 * while the secret was typed is not signed unseen. What decision support does, and
 * each card it gives, is a finding: bounded, tame, passed by a reason of its own.
 */
#define CRYPTOKI_GNU
#include "config.h"

#include <p11-kit/pkcs11.h>
#include <sys/mman.h>

#include "store/sign.h"
#include "tests/kit_hsm.h"
#include "tests/tui/kit_rx.h"

/* What the token of the screens' process does, and what it was asked. */
struct hand {
	volatile int64_t boot_ms;       /* the step-up's clock; 0: the real one */
	volatile unsigned long flags;   /* of the token, beside its own */
	volatile int pull;              /* out, while it signs */
	volatile int logins, logouts;
	char dir[256];
};
static struct hand *hand;
static struct ck_function_list own, *real;

static int64_t
clock_now(void)
{
	return hand->boot_ms;
}

static ck_rv_t
info_of(ck_slot_id_t slot, struct ck_token_info *info)
{
	ck_rv_t rv = real->C_GetTokenInfo(slot, info);

	info->flags |= hand->flags;
	return rv;
}

static ck_rv_t
login(ck_session_handle_t session, ck_user_type_t user, unsigned char *pin,
    unsigned long len)
{
	hand->logins++;
	return real->C_Login(session, user, pin, len);
}

static ck_rv_t
logout(ck_session_handle_t session)
{
	hand->logouts++;
	return real->C_Logout(session);
}

/* SoftHSM has the key in memory by then and would sign; a card would not. */
static ck_rv_t
signing(ck_session_handle_t session, unsigned char *data,
    unsigned long data_len, unsigned char *sig, unsigned long *len)
{
	if (!hand->pull)
		return real->C_Sign(session, data, data_len, sig, len);
	hsm_pull(hand->dir);
	return CKR_DEVICE_REMOVED;
}

static struct ck_function_list *
wrap(struct ck_function_list *list)
{
	real = list;
	own = *list;
	own.C_GetTokenInfo = info_of;
	own.C_Login = login;
	own.C_Logout = logout;
	own.C_Sign = signing;
	return &own;
}

static int
setup(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("qn-hand-XXXXXX", NULL);
	g_autofree char *conf = NULL;

	hand = mmap(NULL, sizeof *hand, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(hand != MAP_FAILED);
	g_strlcpy(hand->dir, dir, sizeof hand->dir);
	conf = hsm_make(dir);
	g_setenv("SOFTHSM2_CONF", conf, TRUE);
	hand->boot_ms = 1000;
	token_wrap = wrap;
	sign_clock_ms = clock_now;
	return 0;
}

static int
teardown(void **state)
{
	token_wrap = NULL;
	sign_clock_ms = NULL;
	hsm_remove(hand->dir);
	munmap(hand, sizeof *hand);
	return 0;
}

/* The doctor's key is the token's. */
static void
by_token(struct fixture *f)
{
	BASE_AUTO(store) store = fixture_store(f);
	g_autofree char *pin = g_strdup(HSM_PIN);
	BASE_AUTO(base_secret) s = base_secret_take(pin, strlen(pin));
	g_autoptr(GError) error = NULL;

	if (!store_signer_token(store, hsm_module(), NULL, s, FALSE,
	    FIXTURE_NOW_MS, &error))
		fail_msg("%s", error->message);
	hand->logins = hand->logouts = 0;
}

/* ---- what is on disk ---------------------------------------------------- */

static int
letters(struct fixture *f)
{
	BASE_AUTO(store) store = fixture_store(f);
	struct outbox_counts counts;

	assert_true(store_outbox_counts(store, &counts, NULL));
	return (int)(counts.waiting + counts.failed);
}

static struct rx_row *
row_of(struct fixture *f, unsigned states)
{
	BASE_AUTO(store) store = fixture_store(f);
	g_autoptr(GPtrArray) rows = store_rx_list(store,
	    (struct patient_id){ 0 }, states, 9, NULL);

	if (rows->len != 1)
		return NULL;
	return store_rx_get(store, ((struct rx_row *)rows->pdata[0])->id,
	    NULL);
}

static char *
squeezed(const char *text)
{
	GString *s = g_string_new(NULL);

	for (; *text; text++)
		if (*text != ' ' && *text != '\n')
			g_string_append_c(s, *text);
	return g_string_free(s, FALSE);
}

/* Wherever its lines are broken. */
static void
assert_has(struct term *t, const char *words)
{
	g_autofree char *all = term_text(t);
	g_autofree char *glass = squeezed(all), *wanted = squeezed(words);

	if (!strstr(glass, wanted))
		fail_msg("“%s” is not in:\n%s", words, all);
}

/* Said on the screen, prepared as before, nothing in the outbox. */
static void
nothing_signed(struct fixture *f, struct term *t, const char *said,
    int letters_before)
{
	BASE_AUTO(rx_row) row = row_of(f, 1u << RX_PENDED);

	if (said)
		assert_has(t, said);
	assert_non_null(row);
	assert_null(row->jws);
	assert_int_equal(letters(f), letters_before);
}

/* A signature by the key of this vault over the bytes that were prepared, and the
 * letter carries it. */
static void
verified(struct fixture *f, const char *bytes, size_t len)
{
	BASE_AUTO(store) store = fixture_store(f);
	BASE_AUTO(rx_row) row = row_of(f, 1u << RX_SIGNED);
	BASE_AUTO(outbox_entry) letter = store_outbox_next(store,
	    base_now_ms(), NULL, NULL);
	g_autofree char *data = NULL;
	struct signer_info info;
	struct jws jws;

	assert_non_null(row);
	assert_true(store_jws_verify(store, row->jws, &jws, NULL));
	assert_true(jws.known);
	assert_int_equal(jws.len, len);
	assert_memory_equal(jws.payload, bytes, len);
	assert_true(store_signer(store, &info, NULL));
	assert_int_equal(info.kind, SIGNER_TOKEN);
	assert_string_equal(info.thumbprint, jws.thumbprint);
	data = g_base64_encode((guchar *)row->jws, strlen(row->jws));
	assert_non_null(letter);
	assert_non_null(g_strstr_len(letter->bytes, (gssize)letter->len,
	    data));
	signer_info_clear(&info);
	jws_clear(&jws);
}

/* ---- the way to the sight ----------------------------------------------- */

struct size { int cols, rows; };
static const struct size sizes[] = { { 60, 24 }, { 80, 24 }, { 120, 36 } };

static void
golden(struct fixture *f, struct term *t, const char *name)
{
	g_autofree char *file = g_strdup_printf("%s-%d-%s", name, f->cols,
	    f->language ? f->language : "en");

	term_golden(t, file);
}

static struct term *
at_the_sight(struct fixture *f, int n)
{
	struct term *t;

	renewals(f, n, NULL);
	packs_of_then(f);
	t = fixture_term(f);
	fixture_ring(f, t, LIVE);
	term_keys(t, "v");
	term_send(t, "*");
	term_send(t, "r");
	fixture_answer(f, t);
	term_keys(t, "G");
	return t;
}

/* ---- the token ---------------------------------------------------------- */

static void
whole_way(struct fixture *f)
{
	gboolean zh = strcmp(f->language, "zh_CN") == 0;
	BASE_AUTO(term) t = NULL;
	BASE_AUTO(rx_row) shown = NULL;

	by_token(f);
	t = at_the_sight(f, 1);
	shown = row_of(f, 1u << RX_PENDED);
	term_keys(t, "s");
	term_keys(t, "654321\r");
	nothing_signed(f, t, zh ? "没有签署任何内容" : "Nothing was signed", 0);
	golden(f, t, "token-wrong");
	hsm_pull(hand->dir);
	term_keys(t, HSM_PIN "\r");
	nothing_signed(f, t, zh ? "令牌无法签名" : "The token does not sign",
	    0);
	golden(f, t, "token-gone");
	hsm_put_back(hand->dir);
	term_keys(t, "s");
	term_keys(t, HSM_PIN "\r");
	assert_has(t, zh ? "已签 1 张处方" : "1 prescription signed");
	verified(f, shown->bytes, shown->len);
	assert_int_equal(letters(f), 1);
}

static void
test_whole_way(void **state)
{
	static const char *const languages[] = { "en", "zh_CN" };

	for (size_t l = 0; l < G_N_ELEMENTS(languages); l++)
		for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
			BASE_AUTO(fixture) f = fixture_new();

			f->cols = sizes[i].cols;
			f->rows = sizes[i].rows;
			f->language = languages[l];
			whole_way(f);
		}
}

/* Said before a PIN is typed for nothing. */
static void
test_not_there(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	by_token(f);
	hsm_pull(hand->dir);
	t = at_the_sight(f, 1);
	term_keys(t, "s");
	nothing_signed(f, t, "not plugged in", 0);
	assert_false(term_has(t, "PIN of the token"));
	/* What is typed on is no PIN, and does nothing. */
	term_keys(t, HSM_PIN);
	nothing_signed(f, t, NULL, 0);
	hsm_put_back(hand->dir);
	term_keys(t, "s");
	assert_has(t, "PIN of the token");
	term_keys(t, HSM_PIN "\r");
	assert_has(t, "1 prescription signed");
}

/* The step-up still stands, the token does not. */
static void
test_pulled_after_login(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	by_token(f);
	t = at_the_sight(f, 2);
	term_keys(t, "s");
	term_send(t, HSM_PIN "\r");
	fixture_answer(f, t);
	assert_has(t, "2/2");
	term_keys(t, "G");
	hsm_pull(hand->dir);
	term_keys(t, "s");
	nothing_signed(f, t, "The token does not sign", 1);
	/* And again: it is not there. */
	term_keys(t, "s");
	nothing_signed(f, t, "not plugged in", 1);
	hsm_put_back(hand->dir);
	term_keys(t, "s");
	assert_has(t, "PIN of the token");
	term_keys(t, HSM_PIN "\r");
	assert_has(t, "2 prescriptions signed");
	assert_int_equal(letters(f), 2);
	assert_int_equal(hand->logins, 2);
}

/* Between C_SignInit and the answer. */
static void
test_pulled_while_signing(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	by_token(f);
	t = at_the_sight(f, 1);
	hand->pull = 1;
	term_keys(t, "s");
	term_keys(t, HSM_PIN "\r");
	hand->pull = 0;
	nothing_signed(f, t, "The token does not sign", 0);
	hsm_put_back(hand->dir);
	term_keys(t, "s");
	term_keys(t, HSM_PIN "\r");
	assert_has(t, "1 prescription signed");
	assert_int_equal(letters(f), 1);
}

static void
test_last_try(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	by_token(f);
	t = at_the_sight(f, 1);
	hand->flags = CKF_USER_PIN_COUNT_LOW;
	term_keys(t, "s");
	assert_has(t, "A wrong PIN was typed before");
	term_keys(t, "\033");
	hand->flags = CKF_USER_PIN_FINAL_TRY;
	term_keys(t, "s");
	assert_has(t, "one more wrong PIN locks the token");
	term_keys(t, "6");
	assert_has(t, "LAST TRY");
	term_keys(t, "54321\r");
	nothing_signed(f, t, "one more wrong PIN locks", 0);
	term_keys(t, "\033");
	hand->flags = CKF_USER_PIN_LOCKED;
	hand->logins = 0;
	term_keys(t, "s");
	nothing_signed(f, t, "PIN is locked", 0);
	assert_false(term_has(t, "PIN of the token"));
	term_keys(t, HSM_PIN "\r");
	assert_int_equal(hand->logins, 0);
	hand->flags = 0;
}

/* x over a question is typed into it, so it is not offered there. */
static void
test_no_details_over_a_pin(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	by_token(f);
	t = at_the_sight(f, 1);
	term_keys(t, "s");
	term_keys(t, "1\r");
	assert_has(t, "not right");
	assert_false(term_has(t, "x details"));
}

/* ---- the step-up -------------------------------------------------------- */

#define MINUTES 5

/* Signed with the secret, which is asked for or not. */
static void
next_sign(struct fixture *f, struct term *t, gboolean asked)
{
	term_keys(t, "G");
	term_keys(t, "s");
	assert_true(term_has(t, "PIN of the token") == asked);
	if (asked)
		term_send(t, HSM_PIN "\r");
	fixture_answer(f, t);
}

static void
test_step_up_lapses(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	by_token(f);
	hand->boot_ms = 1000;
	t = at_the_sight(f, 4);
	next_sign(f, t, TRUE);
	assert_has(t, "2/4");
	hand->boot_ms = 1000 + MINUTES * 60000 - 1;
	next_sign(f, t, FALSE);
	assert_has(t, "3/4");
	assert_int_equal(hand->logouts, 0);
	/* The sight stands open. Its key goes by itself. */
	hand->boot_ms = 1000 + MINUTES * 60000;
	term_sync(t);
	assert_int_equal(hand->logouts, 1);
	next_sign(f, t, TRUE);
	assert_has(t, "4/4");
	assert_int_equal(letters(f), 3);
	/* The lock ends it, whatever is left of its time. */
	term_keys(t, "L");
	assert_int_equal(hand->logouts, 2);
	assert_has(t, "locked");
}

/* A locked screen opened again asks again. */
static void
test_lock_ends_step_up(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	by_token(f);
	t = at_the_sight(f, 2);
	next_sign(f, t, TRUE);
	term_keys(t, "L");
	term_keys(t, FIXTURE_PASSPHRASE "\r");
	g_clear_pointer(&f->bell, doorbell_free);
	fixture_ring(f, t, LIVE);
	term_keys(t, "v");
	term_keys(t, "j"); /* the other one */
	term_send(t, "r");
	fixture_answer(f, t);
	term_keys(t, "G");
	term_keys(t, "s");
	assert_has(t, "PIN of the token");
	assert_int_equal(letters(f), 1);
}

/* The setting rules: nothing is kept open at 0. */
static void
test_each_time(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	by_token(f);
	assert_true(base_setting_set(f->settings, SET_STEP_UP_MINUTES, "0",
	    NULL));
	t = at_the_sight(f, 2);
	next_sign(f, t, TRUE);
	term_keys(t, "G");
	term_keys(t, "s");
	assert_has(t, "PIN of the token");
}

/* ---- while the secret is typed ------------------------------------------ */

/* As qingnang-sync writes it down, and rings. */
static void
service_is(struct fixture *f, struct term *t, enum card_state state,
    const char *json)
{
	BASE_AUTO(rx_row) row = row_of(f, 1u << RX_PENDED);
	BASE_AUTO(store) store = fixture_store(f);

	if (state != CARDS_ASKED)
		assert_true(store_cards_put(store, row->id, CARDS_ASKED, NULL,
		    0, NULL));
	assert_true(store_cards_put(store, row->id, state, json,
	    json ? strlen(json) : 0, NULL));
	g_clear_pointer(&store, store_close);
	fixture_ring(f, t, "changed all 0");
}

static void
service_says(struct fixture *f, struct term *t, const char *summary)
{
	g_autofree char *json = g_strdup_printf("{\"cards\":[{\"summary\":"
	    "\"%s\",\"indicator\":\"warning\"}]}", summary);

	service_is(f, t, CARDS_ANSWERED, json);
}

static void
with_a_service(struct fixture *f)
{
	assert_true(base_setting_set(f->settings, SET_CDS_URL,
	    "https://cds.hospital.example/cds-services", NULL));
}

static void
test_news_while_typing(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	by_token(f);
	with_a_service(f);
	t = at_the_sight(f, 1);
	term_keys(t, "s");
	term_keys(t, "123");
	service_says(f, t, "grapefruit with amlodipine");
	term_keys(t, "456\r");
	nothing_signed(f, t, "Something new came in", 0);
	assert_has(t, "grapefruit");
	/* It was seen now; the secret is not typed twice. */
	term_keys(t, "s");
	assert_has(t, "1 prescription signed");
	assert_int_equal(hand->logins, 1);
}

/* ---- decision support --------------------------------------------------- */

/* What it does about it is a finding, in its own words, and never in the way. */
static void
test_service_states(void **state)
{
	BASE_AUTO(fixture) f = fixture_new();
	BASE_AUTO(term) t = NULL;

	by_token(f);
	with_a_service(f);
	t = at_the_sight(f, 1);
	assert_has(t, "not checked: decision support (cds.hospital.example) has "
	    "not been asked yet");
	service_is(f, t, CARDS_ASKED, NULL);
	assert_has(t, "was asked and has not answered yet");
	service_is(f, t, CARDS_SILENT, NULL);
	assert_has(t, "did not answer: its checks are missing");
	service_is(f, t, CARDS_ANSWERED, "{\"cards\":[]}");
	assert_false(term_has(t, "cds.hospital"));
	service_is(f, t, CARDS_SILENT, NULL);
	service_is(f, t, CARDS_ANSWERED, "{\"cards\":[7,{}]}");
	assert_has(t, "answered could not be read: its checks are missing");
	term_keys(t, "G");
	term_keys(t, "s");
	term_keys(t, HSM_PIN "\r");
	assert_has(t, "1 prescription signed");
}

/* Two that are grave, and one of a hundred kilobytes that would drive the terminal:
 * each is a finding of a few lines, and a reason is one card's. */
static void
cards(struct fixture *f)
{
	gboolean zh = strcmp(f->language, "zh_CN") == 0;
	g_autofree char *fill = g_strnfill(100000, 'x');
	g_autofree char *json = g_strdup_printf("{\"cards\":["
	    "{\"summary\":\"华法林 + 氨氯地平：出血\",\"indicator\":"
	    "\"critical\",\"detail\":\"三日内复查 INR\",\"source\":{"
	    "\"label\":\"练习数据\"}},{\"summary\":\"葡萄柚：勿同服\","
	    "\"indicator\":\"critical\"},{\"summary\":\"\\u001b[31m"
	    "\\u001b]0;owned\\u0007\\u202e%s\",\"indicator\":\"warning\"}]}",
	    fill);
	BASE_AUTO(term) t = NULL;

	by_token(f);
	with_a_service(f);
	f->rows += 12;
	t = at_the_sight(f, 1);
	service_is(f, t, CARDS_ANSWERED, json);
	golden(f, t, "cards");
	assert_has(t, "华法林 + 氨氯地平：出血 三日内复查 INR");
	assert_has(t, "[31m");
	term_keys(t, "G");
	term_keys(t, "s");
	nothing_signed(f, t, "CDS: 华法林", 0);
	term_keys(t, "\r");
	term_keys(t, "已约复查\r");
	/* Other bytes: the service is asked anew, and says it again. */
	service_is(f, t, CARDS_ANSWERED, json);
	assert_has(t, zh ? "出血：已约复查" : "出血: 已约复查");
	term_keys(t, "G");
	term_keys(t, "s");
	nothing_signed(f, t, "CDS: 葡萄柚", 0);
}

static void
test_cards(void **state)
{
	static const char *const languages[] = { "en", "zh_CN" };

	for (size_t l = 0; l < G_N_ELEMENTS(languages); l++)
		for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
			BASE_AUTO(fixture) f = fixture_new();

			f->cols = sizes[i].cols;
			f->rows = sizes[i].rows;
			f->language = languages[l];
			cards(f);
		}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole_way),
		TEST(test_not_there),
		TEST(test_pulled_after_login),
		TEST(test_pulled_while_signing),
		TEST(test_last_try),
		TEST(test_no_details_over_a_pin),
		TEST(test_step_up_lapses),
		TEST(test_lock_ends_step_up),
		TEST(test_each_time),
		TEST(test_news_while_typing),
		TEST(test_service_states),
		TEST(test_cards),
	};

	return cmocka_run_group_tests_name("signing on the screen", tests,
	    NULL, NULL);
}
