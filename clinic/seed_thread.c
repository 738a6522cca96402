/* SPDX-License-Identifier: Apache-2.0 */
/* Consultations: a header, and its messages as wire.md has them. */
#include "clinic/seed_priv.h"

#include <string.h>

/* ---- slots: what a line quotes from the chart ---- */

/* The name as people say it: without the form of the medicine. */
static void
drug_short(GString *out, const struct seed_person *p, int nth)
{
	static const char *const forms[] = { "缓释片", "肠溶片", "缓释胶囊",
		"吸入粉雾剂", "混悬液", "气雾剂", "钠片", "钙片", "胶囊", "乳膏",
		"片" };
	const struct seed_drug *d;
	size_t len;

	if (nth >= p->n_drugs) {
		g_string_append(out, seed_lang(p, "那个药", "that tablet"));
		return;
	}
	d = &seed_drugs[p->drugs[nth]];
	if (p->english) {
		g_string_append_c(out, g_ascii_tolower(d->en[0]));
		g_string_append_len(out, d->en + 1,
		    (gssize)strcspn(d->en + 1, " "));
		return;
	}
	len = strlen(d->zh);
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
		if (g_str_has_suffix(d->zh, forms[i])) {
			len -= strlen(forms[i]);
			break;
		}
	g_string_append_len(out, d->zh, (gssize)len);
}

static gboolean
slot_lab(GString *out, const char *name, size_t len,
    const struct seed_person *p)
{
	static const struct { const char *name; enum lab lab; } labs[] = {
		{ "a1c", L_HBA1C }, { "fpg", L_FPG }, { "inr", L_INR },
		{ "crea", L_CREA }, { "egfr", L_EGFR }, { "k", L_K },
		{ "ua", L_URATE }, { "ldl", L_LDL }, { "alt", L_ALT },
		{ "tsh", L_TSH }, { "hb", L_HB }, { "bnp", L_BNP },
		{ "acr", L_ACR }, { "vitd", L_VITD }, { "fev", L_FEV1 },
		{ "ferritin", L_FERRITIN }, { "tg", L_TG },
	};
	gboolean before = len > 1 && name[len - 1] == '0';

	for (size_t i = 0; i < G_N_ELEMENTS(labs); i++)
		if (strlen(labs[i].name) == len - before &&
		    strncmp(labs[i].name, name, len - before) == 0) {
			enum lab lab = labs[i].lab;

			g_string_append(out, before && p->previous[lab][0]
			    ? p->previous[lab] : p->latest[lab]);
			return TRUE;
		}
	return FALSE;
}

gboolean
seed_person_slot(GString *out, const char *name, size_t len,
    struct seed_rng *rng, void *user)
{
	struct seed_person *p = user;
	g_autofree char *key = g_strndup(name, len);

	if (strcmp(key, "bp") == 0) {
		p->told_sys = p->sys;
		p->told_dia = p->dia;
		g_string_append_printf(out, "%d/%d", p->sys, p->dia);
	} else if (strcmp(key, "dbp") == 0) {
		p->told_sys = p->sys + seed_rng_range(rng, -9, 9);
		p->told_dia = p->dia + seed_rng_range(rng, -6, 6);
		g_string_append_printf(out, "%d/%d", p->told_sys, p->told_dia);
	} else if (strcmp(key, "pulse") == 0)
		g_string_append_printf(out, "%d", p->pulse);
	else if (strcmp(key, "drug1") == 0)
		drug_short(out, p, 0);
	else if (strcmp(key, "drug2") == 0)
		drug_short(out, p, 1);
	else if (strcmp(key, "left") == 0)
		g_string_append_printf(out, "%d", p->days_left[0]);
	else if (strcmp(key, "ago") == 0)
		g_string_append_printf(out, "%d", p->began[p->story->why]);
	else if (strcmp(key, "family") == 0)
		g_string_append(out, p->name.family);
	else if (strcmp(key, "kin") == 0)
		g_string_append(out, p->kin.text);
	else if (strcmp(key, "years") == 0)
		g_string_append_printf(out, "%d", p->age_days / 365);
	else if (strcmp(key, "long") == 0)
		for (int i = 0; i < 3000; i++)
			g_string_append(out, i % 7 ? "长" : "a");
	else
		return slot_lab(out, name, len, p);
	return TRUE;
}

/* ---- one thread ---- */

struct talk {
	struct seed_person *p;
	const char *id, *topic, *status, *priority;
	GArray *lines;          /* struct seed_line */
	int64_t *at_ms;         /* of each line */
	int64_t last_ms;
	char guest;             /* 'C', 'L': that colleague too; 0: none */
	gboolean all_read;
	struct seed_rng rng;
	const char *about;      /* report the last line of mine answers */
};

static gboolean
mine(char who)
{
	return who == 'D' || who == 'X';
}

static const char *
colleague(char who)
{
	return who == 'L' ? "Practitioner/lu-mingyuan"
	                  : "Practitioner/lin-zhixia";
}

static void
people_write(GString *s, struct seed *g, const struct talk *t, char but)
{
	sj_open(s, "recipient", '[');
	if (!mine(but))
		sj_ref(s, NULL, g->me);
	if (but != 'P')
		sj_reff(s, NULL, "Patient/%s", t->p->id);
	if (t->p->kin_id[0] && but != 'R')
		sj_reff(s, NULL, "RelatedPerson/%s", t->p->kin_id);
	if (t->guest && but != t->guest)
		sj_ref(s, NULL, colleague(t->guest));
	sj_close(s, ']');
}

static void
sender_write(GString *s, struct seed *g, const struct talk *t, char who)
{
	if (mine(who))
		sj_ref(s, "sender", g->me);
	else if (who == 'R' && t->p->kin_id[0])
		sj_reff(s, "sender", "RelatedPerson/%s", t->p->kin_id);
	else if (who == 'C' || who == 'L')
		sj_ref(s, "sender", colleague(who));
	else
		sj_reff(s, "sender", "Patient/%s", t->p->id);
}

#define PAUSE_MIN 400

static void
header_put(struct seed *g, struct talk *t)
{
	const struct seed_disease *why = &seed_diseases[t->p->story->why];
	GString *s;
	char buf[SEED_TIME_SIZE];

	g_string_truncate(g->words, 0);
	seed_text_expand(g->words, t->topic, &t->rng, seed_person_slot, t->p);
	s = seed_begin(g, "Communication", "%s", t->id);
	sj_text(s, "status", t->status);
	sj_text(s, "priority", t->priority);
	sj_reff(s, "subject", "Patient/%s", t->p->id);
	sj_concept(s, "topic", NULL, NULL, NULL, g->words->str);
	sj_text(s, "sent", seed_instant(buf, t->at_ms[0] - 20000));
	people_write(s, g, t, 'H');
	sj_concepts1(s, "reasonCode", "http://hl7.org/fhir/sid/icd-10",
	    why->icd10, NULL, seed_lang(t->p, why->zh, why->en));
	seed_put(g, t->at_ms[0] - 20000);
}

/* Read just before I answered; 0: not answered, so unread. */
static int64_t
read_ms(const struct talk *t, guint i)
{
	const struct seed_line *l = (const void *)t->lines->data;

	for (guint j = i + 1; j < t->lines->len; j++)
		if (mine(l[i].who) != mine(l[j].who))
			return MAX(t->at_ms[j] - 70000, t->at_ms[i] + 5000);
	return t->all_read ? t->at_ms[i] + 4 * SEED_MINUTE_MS : 0;
}

static gboolean
is_pdf(const char *title)
{
	return g_str_has_suffix(title, ".pdf");
}

static void
picture_put(struct seed *g, struct talk *t, const char *title, char id[40],
    size_t *bytes, int64_t ms)
{
	struct seed_person *p = t->p;
	g_autofree char *base64 = is_pdf(title) ? seed_pdf_make(p, bytes) :
	    seed_image_make(title, p, bytes);

	g_snprintf(id, 40, "%s-b%d", p->id, p->binaries++);
	seed_binary_put(g, id, p->id, is_pdf(title) ? "application/pdf" :
	    "image/png", base64, ms);
}

static void
payload_write(GString *s, const char *words, const char *file,
    const char *binary, size_t bytes, int64_t ms)
{
	char buf[SEED_TIME_SIZE], n[24];

	sj_open(s, "payload", '[');
	if (words[0]) {
		sj_open(s, NULL, '{');
		sj_text(s, "contentString", words);
		sj_close(s, '}');
	}
	if (binary[0]) {
		sj_open(s, NULL, '{');
		sj_open(s, "contentAttachment", '{');
		sj_text(s, "contentType", is_pdf(file) ? "application/pdf" :
		    "image/png");
		sj_textf(s, "url", "Binary/%s", binary);
		g_snprintf(n, sizeof n, "%zu", bytes);
		sj_raw(s, "size", n);
		sj_text(s, "title", file);
		sj_text(s, "creation", seed_instant(buf, ms));
		sj_close(s, '}');
		sj_close(s, '}');
	}
	sj_close(s, ']');
}

static void
message_put(struct seed *g, struct talk *t, guint i)
{
	const struct seed_line *l =
	    &g_array_index(t->lines, struct seed_line, i);
	int64_t at = t->at_ms[i], read = read_ms(t, i);
	char binary[40] = "", buf[SEED_TIME_SIZE];
	size_t bytes = 0;
	GString *s;

	g_string_truncate(g->words, 0);
	seed_text_expand(g->words, l->text, &t->rng, seed_person_slot, t->p);
	if (l->file && (t->p->pictures || is_pdf(l->file)))
		picture_put(g, t, l->file, binary, &bytes, at);
	s = seed_begin(g, "Communication", "%s-%u", t->id, i + 1);
	sj_open(s, "partOf", '[');
	sj_reff(s, NULL, "Communication/%s", t->id);
	sj_close(s, ']');
	sj_text(s, "status", l->who == 'X' ? "entered-in-error" : "completed");
	sj_reff(s, "subject", "Patient/%s", t->p->id);
	if (t->about && i + 1 == t->lines->len) {
		sj_open(s, "about", '[');
		sj_reff(s, NULL, "DiagnosticReport/%s", t->about);
		sj_close(s, ']');
	}
	sj_text(s, "sent", seed_instant(buf, at));
	if (read)
		sj_text(s, "received", seed_instant(buf, read));
	people_write(s, g, t, l->who);
	sender_write(s, g, t, l->who);
	payload_write(s, g->words->str, l->file, binary, bytes, at);
	seed_put(g, MAX(at, read));
}

/* After a pause of hours nobody goes on in the middle of the night: what would
 * fall between ten and eight was written the evening before. */
static int64_t
awake_ms(int64_t ms)
{
	int64_t of_day = (ms + 8 * SEED_HOUR_MS) % SEED_DAY_MS;

	if (of_day < 8 * SEED_HOUR_MS)
		return ms - of_day - 4 * SEED_HOUR_MS + of_day / 12;
	return MIN(ms, ms - of_day + 22 * SEED_HOUR_MS);
}

static void
talk_put(struct seed *g, struct talk *t)
{
	const struct seed_line *l = (const void *)t->lines->data;
	int64_t at = t->last_ms;

	if (!t->p->died_ms && g->opt->now_ms - at >= PAUSE_MIN *
	    SEED_MINUTE_MS)
		at = awake_ms(at);
	t->at_ms = g_new(int64_t, t->lines->len);
	for (guint i = t->lines->len; i-- > 0;) {
		t->at_ms[i] = at;
		at -= l[i].gap_min * SEED_MINUTE_MS +
		    seed_rng_range(&t->rng, 5, 50) * 1000;
		if (l[i].gap_min >= PAUSE_MIN)
			at = awake_ms(at);
	}
	header_put(g, t);
	for (guint i = 0; i < t->lines->len; i++)
		message_put(g, t, i);
	g_free(t->at_ms);
	g_array_free(t->lines, TRUE);
}

static GArray *
lines_of(const struct seed_line *lines)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct seed_line));

	for (; lines->text; lines++)
		g_array_append_vals(out, lines, 1);
	return out;
}

/* ---- which threads a person has ---- */

#define DIARY_ROUNDS 32

static void
diary_prepend(GArray *lines)
{
	for (int i = 0; i < DIARY_ROUNDS * 2; i++)
		g_array_insert_vals(lines, (guint)i,
		    &seed_diary_lines[i % 2], 1);
}

static void
main_thread_put(struct seed *g, struct seed_person *p, struct seed_rng rng)
{
	const struct seed_story *st = p->story;
	char id[40];
	struct talk t = { .p = p, .id = id, .topic = st->complaint,
		.status = p->newcomer ? "in-progress" : st->status,
		.priority = st->priority, .rng = rng };
	int ago_min = st->ago_min;

	g_snprintf(id, sizeof id, "%s-t1", p->id);
	t.lines = lines_of(p->newcomer ? st->fresh : st->lines);
	t.guest = st->flags & STORY_GUEST ? 'C' : 0;
	t.all_read = strcmp(t.status, "completed") == 0;
	if (st->flags & STORY_DIARY && p->visits > 3 && !p->newcomer)
		diary_prepend(t.lines);
	/* Beyond the cast the same story waits as long as chance has it. */
	if (p->index >= SEED_CAST)
		ago_min = seed_rng_range(&t.rng, 4, 40 + ago_min * 3);
	t.last_ms = p->newcomer ? g->opt->now_ms
	                        : g->opt->now_ms - ago_min * SEED_MINUTE_MS;
	talk_put(g, &t);
}

/* Some months ago, done with; its last line acknowledges a report of mine. */
static void
old_thread_put(struct seed *g, struct seed_person *p, struct seed_rng rng)
{
	int which = (p->index * 5 + 1) % SEED_OLD_THREADS;
	int64_t day = g->opt->now_ms - (150 + p->index * 11 % 90) * SEED_DAY_MS;
	char id[40], report[64] = "";
	enum panel panel = seed_panel_main(p);
	struct talk t = { .p = p, .id = id, .status = "completed",
		.priority = "routine", .all_read = TRUE, .rng = rng,
		.topic = p->english ? seed_old_topics_en[which % 2]
		                    : seed_old_topics_zh[which] };

	g_snprintf(id, sizeof id, "%s-t0", p->id);
	t.lines = lines_of(p->english ? seed_old_threads_en[which % 2]
	                              : seed_old_threads_zh[which]);
	/* In the evening, when people write: half past seven in the clinic. */
	t.last_ms = day - (day + 8 * SEED_HOUR_MS) % SEED_DAY_MS +
	    19 * SEED_HOUR_MS + 30 * SEED_MINUTE_MS;
	if (p->visits > 1) {
		struct seed_visit v = { .number = 90, .status = "final",
			.mine = TRUE };
		char request[48];

		g_snprintf(request, sizeof request, "%s-sr-old", p->id);
		seed_request_put(g, p, request, panel, "completed",
		    t.last_ms - 6 * SEED_DAY_MS);
		v.request_id = request;
		v.issued_ms = t.last_ms - 5 * SEED_HOUR_MS;
		v.taken_ms = v.issued_ms - 4 * SEED_HOUR_MS;
		seed_body_visit(p, 0.5, FALSE, &t.rng, v.values);
		seed_panel_put(g, p, panel, &v);
		g_snprintf(report, sizeof report, "%s-r90-%s", p->id,
		    seed_panels[panel].key);
		t.about = report;
	}
	talk_put(g, &t);
}

static void
aside_put(struct seed *g, struct seed_person *p, struct seed_rng rng)
{
	const struct seed_story *st = p->story;
	char id[40];
	struct talk t = { .p = p, .id = id, .topic = st->aside,
		.status = st->aside_status, .priority = "routine", .rng = rng,
		.all_read = TRUE, .last_ms = g->opt->now_ms -
		    st->aside_ago_min * SEED_MINUTE_MS };

	g_snprintf(id, sizeof id, "%s-t2", p->id);
	t.lines = lines_of(st->aside_lines);
	for (guint i = 0; i < t.lines->len; i++)
		if (g_array_index(t.lines, struct seed_line, i).who == 'L')
			t.guest = 'L';
	talk_put(g, &t);
}

static void
hostile_thread_put(struct seed *g, struct seed_person *p, struct seed_rng rng)
{
	char id[40];
	struct talk t = { .p = p, .id = id, .topic = "【显示测试】控制字符 "
		"\x1b[31m红\x1b[0m \xe2\x80\xae" "反向\xe2\x80\xac 表情",
		.status = "in-progress", .priority = "routine", .rng = rng,
		.last_ms = g->opt->now_ms - 26 * SEED_HOUR_MS };

	g_snprintf(id, sizeof id, "%s-t9", p->id);
	t.lines = lines_of(seed_hostile_lines);
	talk_put(g, &t);
}

void
seed_threads_put(struct seed *g, struct seed_person *p)
{
	struct seed_rng rng = p->rng;
	uint64_t stream = seed_rng_next(&rng);

	if (p->old_thread)
		old_thread_put(g, p, seed_rng_make(stream, 0, 3));
	main_thread_put(g, p, seed_rng_make(stream, 1, 3));
	if (p->story->aside && p->index < SEED_CAST)
		aside_put(g, p, seed_rng_make(stream, 2, 3));
	if (p->traits & TRAIT_HOSTILE)
		hostile_thread_put(g, p, seed_rng_make(stream, 9, 3));
	if (p->story->flags & STORY_ORDERED && !p->newcomer) {
		char id[48];

		g_snprintf(id, sizeof id, "%s-sr1", p->id);
		seed_request_put(g, p, id, seed_panel_main(p), "active",
		    g->opt->now_ms - 20 * SEED_HOUR_MS);
	}
}
