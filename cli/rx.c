/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rx.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

/* ---- the desk ----------------------------------------------------------- */

gboolean
cli_desk_open(struct cli *cli, struct cli_desk *out, GError **error)
{
	*out = (struct cli_desk){ .store = cli_store(cli, error) };
	if (!out->store)
		return FALSE;
	out->desk = desk_new(out->store, cli->settings);
	return TRUE;
}

void
cli_desk_close(struct cli_desk *d)
{
	desk_free(d->desk);
	if (d->store)
		store_close(d->store);
	*d = (struct cli_desk){ 0 };
}

/* ---- what qingnang-sync says -------------------------------------------- */

enum { STATE_WAIT_MS = 2000, ASK_LIMIT_MS = 6000 };
enum ask { ASK_CHART = 1, ASK_SERVICE };

struct listening {
	gboolean stated, verified, answered;
	unsigned open;           /* 1u << enum ask */
};

static void
heard(const struct doorbell_line *line, void *user)
{
	struct listening *l = user;

	if (line->verb == BELL_STATE) {
		l->stated = TRUE;
		l->verified = line->state == BELL_LIVE ||
		    line->state == BELL_POLLING ||
		    line->state == BELL_CATCHING_UP;
	}
	if (line->verb == BELL_ANSWER && line->id <= ASK_SERVICE)
		l->open &= ~(1u << line->id);
	l->answered = l->open == 0;
}

static void
listen(struct doorbell *bell, struct listening *l, const gboolean *until,
    int limit_ms)
{
	int64_t end = base_mono_ms() + limit_ms, left;

	while (!*until && (left = end - base_mono_ms()) > 0) {
		struct pollfd fd = { .fd = doorbell_fd(bell),
			.events = POLLIN };

		if (poll(&fd, 1, (int)left) > 0 &&
		    !doorbell_read(bell, heard, l))
			return;
	}
}

static void
ask(struct doorbell *bell, struct listening *l, enum ask what,
    const struct doorbell_line *line)
{
	struct doorbell_line numbered = *line;

	numbered.id = what;
	l->open |= 1u << what;
	doorbell_send(bell, &numbered);
}

gboolean
cli_sync_ask(struct cli *cli, const char *subject_ref, struct rx_id rx)
{
	const struct doorbell_line hello = { .verb = BELL_HELLO,
		.word = "command" };
	const struct doorbell_line quit = { .verb = BELL_QUIT };
	struct doorbell_line fetch = { .verb = BELL_FETCH,
		.limit_ms = ASK_LIMIT_MS };
	struct doorbell_line check = { .verb = BELL_CHECK, .count = rx.n,
		.limit_ms = DESK_SERVICE_MS };
	int fd = doorbell_connect(cli->runtime_dir, NULL);
	struct listening l = { .stated = FALSE };
	struct doorbell *bell;

	if (fd < 0)
		return FALSE;
	bell = doorbell_new(fd);
	doorbell_send(bell, &hello);
	listen(bell, &l, &l.stated, STATE_WAIT_MS);
	l.answered = FALSE;
	g_strlcpy(fetch.word, subject_ref ? subject_ref : "",
	    sizeof fetch.word);
	if (l.verified && subject_ref)
		ask(bell, &l, ASK_CHART, &fetch);
	if (rx.n && *base_setting(cli->settings, SET_CDS_URL))
		ask(bell, &l, ASK_SERVICE, &check);
	if (l.open)
		listen(bell, &l, &l.answered, ASK_LIMIT_MS);
	doorbell_send(bell, &quit);
	doorbell_free(bell);
	return l.verified;
}

void
cli_rx_ask(struct cli *cli, struct cli_desk *d, struct rx_id id,
    gboolean chart)
{
	BASE_AUTO(rx_row) row = store_rx_get(d->store, id, NULL);
	struct rx_id about = { 0 };
	g_autofree char *json = NULL;
	size_t len;

	if (row && (row->state == RX_PENDED || row->state == RX_RETURNED) &&
	    store_cards_get(d->store, id, &json, &len, NULL) !=
	    CARDS_ANSWERED)
		about = id;
	desk_verified(d->desk, cli_sync_ask(cli, row && chart ?
	    row->patient_ref : NULL, about));
}

/* ---- prescriptions ------------------------------------------------------ */

struct rx_id
cli_rx_find(struct store *store, const char *id, GError **error)
{
	struct rx_id rx = store_rx_find(store, id);
	g_autofree char *said = base_text_cut(id, CLI_SAID_COLS);

	if (!rx.n)
		g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
		    _("There is no prescription “%s” here: qingnang rx list "
		      "shows those of yours."), said);
	return rx;
}

const char *
cli_rx_state_word(enum rx_state state)
{
	static const char *const words[RX_STATES_] = {
		[RX_PENDED] = "pended", [RX_RETURNED] = "returned",
		[RX_SIGNED] = "signed", [RX_UNKNOWN] = "unknown",
		[RX_REFUSED] = "refused", [RX_AWAITING] = "awaiting-review",
		[RX_ACTIVE] = "active", [RX_REJECTED] = "rejected",
		[RX_WITHDRAWN] = "withdrawn", [RX_DISPENSED] = "dispensed",
		[RX_DELIVERED] = "delivered",
		[RX_NOT_DELIVERED] = "not-delivered",
		[RX_EXPIRED] = "expired", [RX_REPLACED] = "replaced",
	};

	return words[state];
}

static const char *const withdrawals[] = {
	[RX_LETTER_NONE] = NULL, [RX_LETTER_WAITING] = "waiting",
	[RX_LETTER_REFUSED] = "refused",
};

void
cli_json_rx(struct cli_json *j, const struct rx_row *row)
{
	cli_json_int(j, "id", row->id.n);
	cli_json_text(j, "identifier", row->identifier);
	cli_json_text(j, "state", cli_rx_state_word(row->state));
	cli_json_patient(j, "patient", &row->brief);
	cli_json_text(j, "drugs", row->words);
	cli_json_text(j, "task", row->task_ref);
	cli_json_text(j, "prior", row->prior_ref);
	cli_json_text(j, "reason", row->reason);
	cli_json_text(j, "withdrawal", withdrawals[row->withdrawal]);
	cli_json_text(j, "withdrawal_reason", row->withdrawal_reason);
	cli_json_time(j, "authored", row->authored_ms);
	cli_json_time(j, "changed", row->changed_ms);
	cli_json_time(j, "valid_until", row->valid_until_ms);
}

static const char *const severities[] = {
	[SEVERITY_LOG] = "log", [SEVERITY_WARN] = "warn",
	[SEVERITY_GATE] = "gate", [SEVERITY_BLOCK] = "block",
};

void
cli_json_findings(struct cli_json *j, const char *key,
    const GPtrArray *findings)
{
	cli_json_array(j, key);
	for (guint i = 0; i < findings->len; i++) {
		const struct care_finding *f = findings->pdata[i];

		cli_json_object(j, NULL);
		cli_json_text(j, "rule", f->rule);
		cli_json_text(j, "severity", severities[f->severity]);
		cli_json_bool(j, "open", care_finding_open(f));
		cli_json_int(j, "line", f->line);
		cli_json_text(j, "sentence", f->sentence);
		cli_json_text(j, "numbers", f->numbers);
		cli_json_text(j, "evidence", f->evidence);
		cli_json_text(j, "proof", f->proof);
		cli_json_text(j, "document", f->document);
		cli_json_text(j, "article", f->article);
		cli_json_close(j, '}');
	}
	cli_json_close(j, ']');
}

static const char *const gate_states[] = {
	[GATE_PASSED] = "passed", [GATE_FAILED] = "failed",
	[GATE_UNKNOWN] = "unknown",
};

void
cli_json_gates(struct cli_json *j, const struct care_renewal *judged)
{
	cli_json_array(j, "gates");
	for (guint i = 0; judged && i < judged->gates->len; i++) {
		const struct care_gate *g = judged->gates->pdata[i];

		cli_json_object(j, NULL);
		cli_json_text(j, "id", g->id);
		cli_json_text(j, "state", gate_states[g->state]);
		cli_json_text(j, "sentence", g->sentence);
		cli_json_text(j, "evidence", g->evidence);
		cli_json_close(j, '}');
	}
	cli_json_close(j, ']');
}

/* ---- reasons ------------------------------------------------------------ */

gboolean
cli_rx_prove(struct desk *desk, const struct desk_chart *chart,
    struct care_rx *rx, char **proofs, GError **error)
{
	g_autoptr(GPtrArray) findings = proofs ? desk_check(desk, chart, rx,
	    (struct rx_id){ 0 }, error) : NULL;

	if (proofs && !findings)
		return FALSE;
	for (size_t i = 0; proofs && proofs[i]; i++) {
		const char *eq = strchr(proofs[i], '=');
		g_autofree char *rule = eq ? g_strndup(proofs[i],
		    (gsize)(eq - proofs[i])) : NULL;

		if (!eq || eq == proofs[i] || !eq[1]) {
			g_set_error_literal(error, CLI_ERROR, CLI_ERROR_USAGE,
			    _("A reason is written RULE=TEXT: --reason "
			      "CN-24=…"));
			return FALSE;
		}
		care_findings_prove(findings, rx, rule, eq + 1);
	}
	return TRUE;
}

/* ---- on paper ----------------------------------------------------------- */

static void
say(const char *mark, const char *text)
{
	g_autofree char *safe = base_text_show(text, -1, BASE_MANY_LINES);

	printf("%s %s\n", mark, safe);
}

void
cli_print_orders(const struct care_rx *rx)
{
	for (guint i = 0; i < rx->orders->len; i++) {
		g_autofree char *words = care_order_sentence(
		    rx->orders->pdata[i], base_i18n_language());
		g_autofree char *mark = g_strdup_printf("%u.", i + 1);

		say(mark, words ? words : "");
	}
	if (rx->diagnosis.words)
		say(_("Diagnosis:"), rx->diagnosis.words);
}

void
cli_print_findings(const GPtrArray *findings)
{
	static const char *const marks[] = {
		[SEVERITY_LOG] = "·", [SEVERITY_WARN] = "!",
		[SEVERITY_GATE] = "?", [SEVERITY_BLOCK] = "✗",
	};

	for (guint i = 0; i < findings->len; i++) {
		const struct care_finding *f = findings->pdata[i];
		gboolean passed = f->severity >= SEVERITY_GATE &&
		    !care_finding_open(f);
		const char *rests = f->proof ? f->proof : f->evidence;
		/* A card's key would say its sentence twice. */
		const char *by = f->kind == FINDING_SERVICE ? "CDS" : f->rule;
		g_autofree char *text = g_strdup_printf("%s%s%s%s%s",
		    by ? by : "", by ? " " : "", f->sentence, passed && rests ? " — " : f->numbers ? " " :
		    "", passed && rests ? rests : f->numbers ? f->numbers :
		    "");

		say(passed ? "✓" : marks[f->severity], text);
	}
}

void
cli_print_gates(const struct care_renewal *judged)
{
	for (guint i = 0; judged && i < judged->gates->len; i++) {
		const struct care_gate *g = judged->gates->pdata[i];

		if (g->state != GATE_PASSED)
			say(g->state == GATE_FAILED ? "✗" : "?", g->sentence);
	}
}
