/* SPDX-License-Identifier: Apache-2.0 */
/* Prescriptions of mine as they are read: the stored states, the outbox, the
 * chart and the clock together. */
#include "store/brief.h"
#include "store/rx_row.h"

/* ---- the state ---------------------------------------------------------- */

struct stored {
	int64_t patient, local, server, why, stamp, until;
	gboolean own;
	const char *identifier, *reason;
};

#define STORED_COLUMNS "patient, local, server, why, stamp, until, own," \
	" identifier, reason"
#define STORED_COUNT 9

static void
stored_read(sqlite3_stmt *st, int at, struct stored *s)
{
	s->patient = sqlite3_column_int64(st, at);
	s->local = sqlite3_column_int64(st, at + 1);
	s->server = sqlite3_column_int64(st, at + 2);
	s->why = sqlite3_column_int64(st, at + 3);
	s->stamp = sqlite3_column_int64(st, at + 4);
	s->until = sqlite3_column_int64(st, at + 5);
	s->own = sqlite3_column_int(st, at + 6);
	s->identifier = db_col(st, at + 7);
	s->reason = db_col(st, at + 8);
}

/* Stamps of charts are worked out once while a list is read. */
static gboolean
stamp_of(struct store *store, int64_t patient, GHashTable *known,
    int64_t *stamp, GError **error)
{
	int64_t *have = known ? g_hash_table_lookup(known, &patient) : NULL;
	GError *why = NULL;

	if (have) {
		*stamp = *have;
		return TRUE;
	}
	*stamp = store_chart_stamp(store, (struct patient_id){ patient }, &why);
	if (why) {
		g_propagate_error(error, why);
		return FALSE;
	}
	if (known)
		g_hash_table_insert(known, g_memdup2(&patient, sizeof patient),
		    g_memdup2(stamp, sizeof *stamp));
	return TRUE;
}

static gboolean
pended_now(struct store *store, const struct stored *s, GHashTable *known,
    struct rx_now *out, GError **error)
{
	int64_t stamp;

	out->why = (enum rx_why)CLAMP(s->why, RX_WHY_NONE, RX_WHY_RENEWED);
	if (out->why == RX_WHY_RENEWED) {
		out->state = RX_REPLACED;
		return TRUE;
	}
	if (out->why == RX_WHY_NONE) {
		if (!stamp_of(store, s->patient, known, &stamp, error))
			return FALSE;
		if (stamp != s->stamp)
			out->why = RX_WHY_CHART;
	}
	out->state = out->why ? RX_RETURNED : RX_PENDED;
	return TRUE;
}

/* On the wire, or waiting for it for the first time: signed. Tried before: what
 * became of it is not known until it was asked. */
static gboolean
sent_now(struct store *store, const struct stored *s, struct rx_now *out,
    GError **error)
{
	static const char sql[] = "SELECT state, attempts, reason FROM outbox"
	    " WHERE value=?1 AND system='" RX_SYSTEM "' AND verb=2"
	    " AND state<3 AND value<>''";
	sqlite3_stmt *st = db_query(store, error, sql, "s", s->identifier);
	gboolean failed = FALSE;

	out->state = RX_UNKNOWN;
	if (st && db_row(store, st, &failed, error)) {
		int state = sqlite3_column_int(st, 0);
		if (state == OUTBOX_FAILED) {
			out->state = RX_REFUSED;
			out->reason = g_strdup(db_col(st, 2));
		} else if (state == OUTBOX_SENDING ||
		    sqlite3_column_int(st, 1) == 0) {
			out->state = RX_SIGNED;
		}
	}
	db_done(st);
	return st && !failed;
}

static gboolean
now_of(struct store *store, const struct stored *s, GHashTable *known,
    struct rx_now *out, GError **error)
{
	*out = (struct rx_now){ .own = s->own };
	if (s->server < 0 && s->local == RX_LOCAL_PENDED)
		return pended_now(store, s, known, out, error);
	if (s->server < 0 && s->local == RX_LOCAL_SENT)
		return sent_now(store, s, out, error);
	out->state = s->server < 0 ? RX_AWAITING :
	    (enum rx_state)CLAMP(s->server, 0, RX_STATES_ - 1);
	out->reason = g_strdup(s->reason);
	if ((out->state == RX_AWAITING || out->state == RX_ACTIVE) &&
	    s->until && s->until <= base_now_ms())
		out->state = RX_EXPIRED;
	return TRUE;
}

gboolean
rx_now_get(struct store *store, int64_t n, struct rx_now *out, GError **error)
{
	static const char sql[] = "SELECT " STORED_COLUMNS " FROM rx"
	    " WHERE n=?1";
	sqlite3_stmt *st = db_query(store, error, sql, "i", n);
	gboolean failed = FALSE, ok = FALSE;
	struct stored s;

	*out = (struct rx_now){ 0 };
	if (st && db_row(store, st, &failed, error)) {
		stored_read(st, 0, &s);
		ok = now_of(store, &s, NULL, out, error);
	} else if (st && !failed) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "no such prescription");
	}
	db_done(st);
	return ok && !failed;
}

/* ---- rows --------------------------------------------------------------- */

#define ROW_COLUMNS "n, changed, other, " RX_OWN_COLUMNS ", " STORED_COLUMNS
#define ROW_OWN 3
#define ROW_STORED (ROW_OWN + RX_OWN_COUNT)

void
rx_row_free(struct rx_row *row)
{
	if (!row)
		return;
	g_free(row->patient_ref);
	g_free(row->identifier);
	g_free(row->task_ref);
	g_free(row->prior_ref);
	g_free(row->words);
	g_free(row->reason);
	g_free(row->withdrawal_reason);
	g_free(row->other_ref);
	g_free(row->bytes);
	g_free(row->jws);
	g_clear_pointer(&row->text, g_string_chunk_free);
	g_free(row);
}

static char *
filled(const char *text)
{
	return text && *text ? g_strdup(text) : NULL;
}

static void
row_take_own(struct rx_row *row, const struct rx_own *own, gboolean whole)
{
	row->identifier = g_strdup(own->identifier);
	row->patient_ref = filled(own->patient_ref);
	row->task_ref = filled(own->task_ref);
	row->prior_ref = filled(own->prior_ref);
	row->words = g_strdup(own->words);
	row->jws = filled(own->jws);
	row->authored_ms = own->authored;
	row->valid_until_ms = own->until;
	row->stamp = own->stamp;
	if (!whole || !own->bytes)
		return;
	row->bytes = g_malloc(own->len + 1);
	memcpy(row->bytes, own->bytes, own->len);
	row->bytes[own->len] = '\0';
	row->len = own->len;
}

/* What became of a withdrawal that did not take effect. */
static gboolean
row_withdrawal(struct store *store, struct rx_row *row, GError **error)
{
	static const char sql[] = "SELECT state, reason FROM outbox"
	    " WHERE value=?1 AND system='" RX_TELL_SYSTEM "' AND verb=2"
	    " AND state<3 AND value<>'' ORDER BY n DESC LIMIT 1";
	g_autofree char *key = g_strconcat(RX_WITHDRAW, row->identifier, NULL);
	gboolean failed = FALSE;
	sqlite3_stmt *st;

	/* not on the server yet, or the end that was asked for */
	if (row->state < RX_AWAITING || row->state == RX_WITHDRAWN)
		return TRUE;
	st = db_query(store, error, sql, "s", key);
	if (st && db_row(store, st, &failed, error)) {
		row->withdrawal = sqlite3_column_int(st, 0) == OUTBOX_FAILED ?
		    RX_LETTER_REFUSED : RX_LETTER_WAITING;
		row->withdrawal_reason = g_strdup(db_col(st, 1));
	}
	db_done(st);
	return st && !failed;
}

/* NULL without error: of another state. */
static struct rx_row *
row_read(struct store *store, sqlite3_stmt *st, unsigned states,
    GHashTable *stamps, gboolean whole, GError **error)
{
	BASE_AUTO(rx_row) row = g_new0(struct rx_row, 1);
	struct rx_now now;
	struct rx_own own;
	struct stored s;
	gboolean sound = rx_own_read(st, ROW_OWN, &own);

	stored_read(st, ROW_STORED, &s);
	if (!now_of(store, &s, stamps, &now, error))
		return NULL;
	row->reason = now.reason;
	if (!(states & (1u << now.state)))
		return NULL;
	if (s.own && !sound) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED,
		    "the prescription is not what was saved");
		return NULL;
	}
	row->id.n = sqlite3_column_int64(st, 0);
	row->changed_ms = sqlite3_column_int64(st, 1);
	row->other_ref = number_ref(store, sqlite3_column_int64(st, 2));
	row->state = now.state;
	row->why = now.why;
	row->own = s.own;
	row->patient.n = s.patient;
	row_take_own(row, &own, whole);
	if (!row->patient_ref)
		row->patient_ref = number_ref(store, s.patient);
	row->text = g_string_chunk_new(256);
	if (!row_withdrawal(store, row, error) ||
	    !brief_get(store, s.patient, row->text, &row->brief, error))
		return NULL;
	return g_steal_pointer(&row);
}

struct rx_row *
store_rx_get(struct store *store, struct rx_id id, GError **error)
{
	static const char sql[] = "SELECT " ROW_COLUMNS " FROM rx WHERE n=?1";
	sqlite3_stmt *st = db_query(store, error, sql, "i", id.n);
	struct rx_row *row = NULL;
	gboolean failed = FALSE;

	if (st && db_row(store, st, &failed, error))
		row = row_read(store, st, ~0u, NULL, TRUE, error);
	else if (st && !failed)
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
		    "no such prescription");
	db_done(st);
	return row;
}

/* ---- lists -------------------------------------------------------------- */

/* States that only what was made here can have: few rows, with an index. */
#define LOCAL_STATES (1u << RX_PENDED | 1u << RX_RETURNED | 1u << RX_SIGNED | \
	1u << RX_UNKNOWN | 1u << RX_REFUSED)

static sqlite3_stmt *
list_query(struct store *store, int64_t patient, unsigned states,
    GError **error)
{
	static const char open[] = "SELECT " ROW_COLUMNS " FROM rx"
	    " INDEXED BY rx_open WHERE own AND local<2"
	    " AND (?1=0 OR patient=?1) ORDER BY changed DESC, n DESC";
	static const char one[] = "SELECT " ROW_COLUMNS " FROM rx"
	    " INDEXED BY rx_patient WHERE patient=?1"
	    " ORDER BY changed DESC, n DESC";
	static const char all[] = "SELECT " ROW_COLUMNS " FROM rx"
	    " INDEXED BY rx_changed WHERE ?1=0 ORDER BY changed DESC, n DESC";

	if (!(states & ~LOCAL_STATES))
		return db_query(store, error, open, "i", patient);
	return patient ? db_query(store, error, one, "i", patient) :
	    db_query(store, error, all, "i", patient);
}

GPtrArray *
store_rx_list(struct store *store, struct patient_id patient, unsigned states,
    int limit, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(
	    (GDestroyNotify)rx_row_free);
	g_autoptr(GHashTable) stamps = g_hash_table_new_full(g_int64_hash,
	    g_int64_equal, g_free, g_free);
	sqlite3_stmt *st = list_query(store, patient.n, states, error);
	gboolean failed = st == NULL;

	while (!failed && rows->len < (guint)MAX(limit, 0) &&
	    db_row(store, st, &failed, error)) {
		GError *why = NULL;
		struct rx_row *row = row_read(store, st, states, stamps, FALSE,
		    &why);
		/* A damaged one is told when it is opened. */
		if (g_error_matches(why, STORE_ERROR, STORE_ERROR_DAMAGED)) {
			g_clear_error(&why);
		} else if (why) {
			g_propagate_error(error, why);
			failed = TRUE;
		} else if (row) {
			g_ptr_array_add(rows, row);
		}
	}
	db_done(st);
	return failed ? NULL : g_steal_pointer(&rows);
}

/* ---- finding ------------------------------------------------------------ */

struct rx_id
store_rx_find(struct store *store, const char *words)
{
	static const char identifier[] = "SELECT n FROM rx WHERE identifier=?1"
	    " ORDER BY own DESC";
	static const char order[] = "SELECT rx FROM script WHERE n=?1";
	static const char number[] = "SELECT n FROM rx WHERE n=?1";
	struct fhir_ref ref;
	int64_t n = 0;

	if (fhir_ref_parse(words, &ref)) {
		if (strcmp(ref.type, "MedicationRequest") == 0)
			db_int(store, NULL, 0, &n, order, "i",
			    number_find(store, ref.type, ref.id));
		return (struct rx_id){ n };
	}
	db_int(store, NULL, 0, &n, identifier, "s", words);
	if (!n && *words && strspn(words, "0123456789") == strlen(words))
		db_int(store, NULL, 0, &n, number, "i",
		    g_ascii_strtoll(words, NULL, 10));
	return (struct rx_id){ n };
}

char **
store_rx_refs(struct store *store, struct rx_id id, GError **error)
{
	/* The latest of its Tasks is the one that counts. */
	static const char sql[] = "SELECT * FROM (SELECT r.type || '/' || r.id"
	    " FROM script s JOIN resource r ON r.n = s.n WHERE s.rx=?1 AND r.here"
	    " ORDER BY s.n LIMIT 50) UNION ALL SELECT * FROM ("
	    " SELECT 'Task/' || id FROM rx_task WHERE n IN ("
	    "  SELECT t.n FROM script s JOIN rx_task t ON t.focus = s.n"
	    "  WHERE s.rx=?1 UNION SELECT t.n FROM rx JOIN rx_task t"
	    "  ON t.grp = rx.identifier AND t.patient = rx.patient"
	    "  WHERE rx.n=?1) ORDER BY modified DESC, n DESC LIMIT 1)";
	sqlite3_stmt *st = db_query(store, error, sql, "i", id.n);
	g_autoptr(GPtrArray) refs = g_ptr_array_new_with_free_func(g_free);
	gboolean failed = st == NULL;

	while (!failed && db_row(store, st, &failed, error))
		g_ptr_array_add(refs, g_strdup(db_col(st, 0)));
	db_done(st);
	if (failed)
		return NULL;
	g_ptr_array_add(refs, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&refs), FALSE);
}
