/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A prescription is pended, dropped, signed. Each is one transaction on disk:
 * after a crash it is pended or in the outbox, never both, never neither.
 */
#include "store/rx_row.h"

/* A server takes no larger body (wire.md §2). */
#define BYTES_MAX ((size_t)1 << 20)

static gboolean
refuse(GError **error, enum store_error code, const char *why)
{
	g_set_error_literal(error, STORE_ERROR, code, why);
	return FALSE;
}

static gboolean
task_mark(struct ingest *in, int64_t rx, GError **error)
{
	static const char sql[] = "SELECT task FROM rx WHERE n=?1";
	int64_t task;

	if (!db_int(in->store, error, 0, &task, sql, "i", rx))
		return FALSE;
	touch(in->tasks, task);
	touch(in->rxs, rx);
	return TRUE;
}

/* ---- may it be pended --------------------------------------------------- */

/* Of one person: the task's patient, or a record merged with it (F22). */
static gboolean
fits_patient(struct store *store, const char *ref, int64_t patient,
    GError **error)
{
	static const char sql[] = "SELECT patient FROM resource WHERE n=?1";
	g_autoptr(GArray) family = patient_family(store, patient, error);
	struct fhir_ref parsed;
	int64_t whose = 0;
	gboolean fits = FALSE;

	if (!family)
		return FALSE;
	if (!ref || !fhir_ref_parse(ref, &parsed))
		return TRUE;
	if (!db_int(store, error, 0, &whose, sql, "i",
	    number_find(store, parsed.type, parsed.id)))
		return FALSE;
	for (guint i = 0; i < family->len; i++)
		fits |= g_array_index(family, int64_t, i) == whose;
	return !whose || fits || refuse(error, STORE_ERROR_WRONG_PATIENT,
	    "the prescription is for another patient");
}

static gboolean
may_be_written(enum rx_state state)
{
	return state == RX_PENDED || state == RX_RETURNED ||
	    state == RX_REFUSED || state == RX_REPLACED;
}

/* Its identifier stands for it alone: pended before, or not yet here. */
static gboolean
fits_identifier(struct store *store, const char *identifier, int64_t patient,
    GError **error)
{
	static const char other[] = "SELECT EXISTS(SELECT 1 FROM rx"
	    " WHERE identifier=?1 AND patient<>?2 AND own)";
	static const char sql[] = "SELECT n FROM rx WHERE identifier=?1"
	    " AND patient=?2";
	struct rx_now now;
	int64_t n, any;

	if (!db_int(store, error, 0, &any, other, "si", identifier, patient) ||
	    !db_int(store, error, 0, &n, sql, "si", identifier, patient))
		return FALSE;
	if (any)
		return refuse(error, STORE_ERROR_WRONG_PATIENT,
		    "this identifier is another patient's prescription");
	if (!n)
		return TRUE;
	if (!rx_now_get(store, n, &now, error))
		return FALSE;
	g_free(now.reason);
	return (now.own && may_be_written(now.state)) ||
	    refuse(error, STORE_ERROR_INVALID,
	    "this prescription is signed already");
}

/* What still stands in the way of another for the same request or order. */
static gboolean
stands(enum rx_state state)
{
	static const gboolean not_standing[RX_STATES_] = {
		[RX_REJECTED] = TRUE, [RX_WITHDRAWN] = TRUE,
		[RX_EXPIRED] = TRUE, [RX_REPLACED] = TRUE,
		[RX_NOT_DELIVERED] = TRUE,
	};

	return !not_standing[state];
}

static gboolean
none_stands(struct store *store, const char *sql, int64_t n,
    const char *identifier, int64_t *found, GError **error)
{
	sqlite3_stmt *st = db_query(store, error, sql, "is", n, identifier);
	gboolean failed = st == NULL;

	*found = 0;
	while (!failed && !*found && db_row(store, st, &failed, error)) {
		struct rx_now now;
		int64_t rx = sqlite3_column_int64(st, 0);
		failed = !rx_now_get(store, rx, &now, error);
		if (!failed && stands(now.state))
			*found = rx;
		g_free(now.reason);
	}
	db_done(st);
	return !failed;
}

static const char of_task[] = "SELECT n FROM rx WHERE task=?1 AND task<>0"
    " AND identifier<>?2 ORDER BY n DESC LIMIT 50";
static const char of_prior[] = "SELECT n FROM rx WHERE prior=?1 AND prior<>0"
    " AND identifier<>?2 ORDER BY n DESC LIMIT 50";

static gboolean
fits_alone(struct store *store, const struct rx_own *own, GError **error)
{
	int64_t task, prior, found;

	if (!number_of_text(store, own->task_ref, &task, error) ||
	    !number_of_text(store, own->prior_ref, &prior, error) ||
	    !none_stands(store, of_task, task, own->identifier, &found, error))
		return FALSE;
	if (found)
		return refuse(error, STORE_ERROR_INVALID,
		    "there is a prescription for this request already");
	if (!none_stands(store, of_prior, prior, own->identifier, &found,
	    error))
		return FALSE;
	return !found || refuse(error, STORE_ERROR_INVALID,
	    "this order is being renewed already");
}

/* ---- pend --------------------------------------------------------------- */

struct pending { const struct rx_pend *pend; int64_t now_ms, n; };

/* What is against it is worked out with it, and refuses it whole. */
static gboolean
stands_alone(struct ingest *in, int64_t n, GError **error)
{
	static const char sql[] = "SELECT CASE WHEN server<0 THEN why ELSE -1"
	    " END FROM rx WHERE n=?1";
	int64_t why;

	if (!rx_refresh(in, n, error) ||
	    !db_int(in->store, error, 0, &why, sql, "i", n))
		return FALSE;
	if (why < 0)
		return refuse(error, STORE_ERROR_INVALID,
		    "another device has signed this prescription");
	if (why == RX_WHY_ANSWERED)
		return refuse(error, STORE_ERROR_INVALID,
		    "the request was answered elsewhere");
	return why != RX_WHY_RENEWED || refuse(error, STORE_ERROR_INVALID,
	    "another order renews this one already");
}

/* What the server refused is said anew: the refused transaction goes. */
static gboolean
letters_drop(struct store *store, const char *identifier, GError **error)
{
	static const char sql[] = "DELETE FROM outbox WHERE value=?1"
	    " AND system='" RX_SYSTEM "' AND verb=2 AND state=2 AND value<>''";

	return db_run(store, error, sql, "s", identifier);
}

static gboolean
pend_put(struct ingest *in, void *data, GError **error)
{
	struct pending *p = data;
	const struct rx_pend *pend = p->pend;
	struct store *store = in->store;
	g_autofree char *patient_ref = number_ref(store, pend->patient.n);
	struct rx_own own = {
		.identifier = pend->identifier, .patient_ref = patient_ref,
		.task_ref = pend->task_ref ? pend->task_ref : "",
		.prior_ref = pend->prior_ref ? pend->prior_ref : "",
		.words = pend->words ? pend->words : "", .bytes = pend->bytes,
		.len = pend->len, .authored = p->now_ms,
		.until = pend->valid_until_ms, .stamp = pend->stamp,
	};

	if (!patient_ref)
		return refuse(error, STORE_ERROR_NOT_FOUND, "no such patient");
	return fits_patient(store, pend->task_ref, pend->patient.n, error) &&
	    fits_patient(store, pend->prior_ref, pend->patient.n, error) &&
	    fits_identifier(store, pend->identifier, pend->patient.n, error) &&
	    fits_alone(store, &own, error) &&
	    letters_drop(store, pend->identifier, error) &&
	    rx_own_put(store, &own, pend->patient.n, RX_LOCAL_PENDED, &p->n,
	    error) && stands_alone(in, p->n, error) &&
	    task_mark(in, p->n, error);
}

gboolean
store_rx_pend(struct store *store, const struct rx_pend *pend, int64_t now_ms,
    struct rx_id *out, GError **error)
{
	struct pending p = { pend, now_ms, 0 };

	if (!pend->identifier || !*pend->identifier || !pend->bytes ||
	    pend->len > BYTES_MAX ||
	    !fhir_check(pend->bytes, pend->len, NULL, NULL))
		return refuse(error, STORE_ERROR_INVALID,
		    "not a prescription that can be kept");
	if (!ingest_transact(store, DB_DURABLE, pend_put, &p, error))
		return FALSE;
	if (out)
		out->n = p.n;
	return TRUE;
}

/* ---- drop --------------------------------------------------------------- */

static gboolean
drop_put(struct ingest *in, void *data, GError **error)
{
	static const char *const sql[] = {
		"DELETE FROM rx_line WHERE rx=?1",
		"DELETE FROM card WHERE rx=?1",
		"DELETE FROM rx WHERE n=?1",
	};
	static const char which[] = "SELECT identifier FROM rx WHERE n=?1";
	int64_t n = *(int64_t *)data;
	g_autofree char *identifier = NULL;
	struct rx_now now;

	if (!rx_now_get(in->store, n, &now, error))
		return FALSE;
	g_free(now.reason);
	if (!now.own || !may_be_written(now.state))
		return refuse(error, STORE_ERROR_INVALID,
		    "a signed prescription is withdrawn, not dropped");
	identifier = db_text(in->store, error, which, "i", n);
	if (!identifier || !task_mark(in, n, error) ||
	    !letters_drop(in->store, identifier, error))
		return FALSE;
	g_hash_table_remove(in->rxs, (void *)(intptr_t)n);
	for (size_t i = 0; i < G_N_ELEMENTS(sql); i++)
		if (!db_run(in->store, error, sql[i], "i", n))
			return FALSE;
	return TRUE;
}

gboolean
store_rx_drop(struct store *store, struct rx_id id, GError **error)
{
	return ingest_transact(store, DB_DURABLE, drop_put, &id.n, error);
}

/* ---- send --------------------------------------------------------------- */

struct rx_sending {
	int64_t n, now_ms;
	const char *jws, *transaction;
	size_t len;
};

/* The payload of a compact JWS is the very bytes that were pended. */
static gboolean
jws_is_of(const char *jws, const char *bytes, size_t len)
{
	g_auto(GStrv) parts = g_strsplit(jws, ".", 4);
	g_autofree char *padded = NULL;
	g_autofree guchar *payload = NULL;
	gsize got = 0;

	if (g_strv_length(parts) != 3 || strlen(parts[1]) % 4 == 1)
		return FALSE;
	g_strdelimit(parts[1], "-", '+');
	g_strdelimit(parts[1], "_", '/');
	padded = g_strconcat(parts[1], &"==="[3 - (4 - strlen(parts[1]) % 4) %
	    4], NULL);
	payload = g_base64_decode(padded, &got);
	return got == len && memcmp(payload, bytes, len) == 0;
}

/* The orders that go are those that were signed, no more and no fewer. */
static gboolean
orders_same(const struct rx_own *own, const char *transaction, size_t len)
{
	g_autoptr(GPtrArray) shown = rx_identifiers(own->bytes, own->len);
	g_autoptr(GPtrArray) going = rx_identifiers(transaction, len);

	if (!shown || !going || shown->len == 0 || shown->len != going->len)
		return FALSE;
	for (guint i = 0; i < shown->len; i++)
		if (!g_ptr_array_find_with_equal_func(going, shown->pdata[i],
		    g_str_equal, NULL))
			return FALSE;
	return TRUE;
}

/* A prescription goes in order behind others of its request, else its
 * patient. */
static gboolean
letter_of(struct store *store, const struct rx_sending *s,
    const struct rx_own *own, int64_t patient, GError **error)
{
	struct letter letter = { .verb = OUTBOX_TRANSACTION, .type = "Bundle",
		.target = "", .if_match = "", .system = RX_SYSTEM,
		.value = own->identifier, .bytes = s->transaction,
		.len = s->len, .patient_ref = own->patient_ref,
		.thread_ref = *own->task_ref ? own->task_ref :
		    own->patient_ref,
		.created_ms = s->now_ms, .patient = patient };
	int64_t n;

	return number_of_text(store, letter.thread_ref, &letter.thread,
	    error) && letter_put(store, &letter, OUTBOX_WAITING, &n, error);
}

static gboolean
row_send(struct store *store, const struct rx_sending *s, sqlite3_stmt *st,
    GError **error)
{
	int64_t patient = sqlite3_column_int64(st, RX_OWN_COUNT), n;
	struct rx_own own;

	if (!rx_own_read(st, 0, &own))
		return refuse(error, STORE_ERROR_DAMAGED,
		    "the prescription is not what was saved");
	if (!jws_is_of(s->jws, own.bytes, own.len) ||
	    !orders_same(&own, s->transaction, s->len))
		return refuse(error, STORE_ERROR_INVALID,
		    "what is signed is not what was pended");
	if (!letter_of(store, s, &own, patient, error))
		return FALSE;
	own.jws = s->jws;
	return rx_own_put(store, &own, patient, RX_LOCAL_SENT, &n, error);
}

static gboolean
send_put(struct ingest *in, void *data, GError **error)
{
	static const char sql[] = "SELECT " RX_OWN_COLUMNS ", patient FROM rx"
	    " WHERE n=?1";
	struct rx_sending *s = data;
	gboolean failed = FALSE, ok = FALSE;
	struct rx_now now;
	sqlite3_stmt *st;

	if (!rx_now_get(in->store, s->n, &now, error))
		return FALSE;
	g_free(now.reason);
	if (now.state != RX_PENDED)
		return refuse(error, STORE_ERROR_INVALID,
		    now.state == RX_RETURNED ? now.why == RX_WHY_CHART ?
		    "the chart has changed since it was checked" :
		    "the request was answered elsewhere" :
		    "only a pended prescription is signed");
	st = db_query(in->store, error, sql, "i", s->n);
	if (st && db_row(in->store, st, &failed, error))
		ok = row_send(in->store, s, st, error);
	db_done(st);
	return ok && !failed && task_mark(in, s->n, error);
}

gboolean
store_rx_send(struct store *store, struct rx_id id, const char *jws,
    const char *transaction, size_t len, int64_t now_ms, GError **error)
{
	struct rx_sending s = { id.n, now_ms, jws, transaction, len };

	if (len > BYTES_MAX)
		return refuse(error, STORE_ERROR_INVALID,
		    "the transaction is too large");
	return ingest_transact(store, DB_DURABLE, send_put, &s, error);
}
