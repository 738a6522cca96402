/* SPDX-License-Identifier: Apache-2.0 */
/* Drawn from both ends; what does not fit falls away, the state last of all. */
#include <inttypes.h>

#include "tui/header.h"

struct word { enum element element; char *text; };

/* ---- the state ---------------------------------------------------------- */

static const struct {
	const char *mark;
	enum element element;
} states[] = {
	[BELL_LIVE] = { "●", E_STATUS_LIVE },
	[BELL_CATCHING_UP] = { "◌", E_STATUS_BUSY },
	[BELL_POLLING] = { "◐", E_STATUS_BUSY },
	[BELL_OFFLINE] = { "○", E_STATUS_OFFLINE },
	[BELL_LOGIN_NEEDED] = { "!", E_STATUS_OFFLINE },
	[BELL_WRONG_DOCTOR] = { "!", E_STATUS_OFFLINE },
	[BELL_REFUSED] = { "!", E_STATUS_OFFLINE },
	[BELL_DISK_FAILS] = { "!", E_STATUS_OFFLINE },
	[BELL_CACHE_DAMAGED] = { "!", E_STATUS_OFFLINE },
};

static enum element
status_element(const struct link_status *s)
{
	if (s->given_up)
		return E_STATUS_OFFLINE;
	if (!s->connected || !s->known)
		return E_STATUS_BUSY;
	return states[s->state].element;
}

static char *
progress_words(const struct link_status *s)
{
	if (s->state != BELL_CATCHING_UP || !s->done)
		return g_strdup("");
	if (s->total)
		return g_strdup_printf(" %" PRId64 "/%" PRId64, s->done,
		    s->total);
	return g_strdup_printf(" %" PRId64, s->done);
}

char *
header_status_words(const struct tui *ui)
{
	const struct link_status *s = &ui->status;
	g_autofree char *progress = progress_words(s);
	g_autofree char *since = NULL, *words = NULL;

	if (s->given_up)
		return g_strdup_printf("○ %s", _("not connected"));
	if (!s->connected || !s->known)
		return g_strdup_printf("◌ %s", _("connecting"));
	since = base_clock_hhmm(s->since_ms);
	if (s->state == BELL_OFFLINE)
		words = g_strdup_printf(_("offline since %s"), since);
	return g_strdup_printf("%s %s%s", states[s->state].mark,
	    words ? words : doorbell_state_name(s->state), progress);
}

/* When the screen was last known to be what the server has. */
static char *
fresh_words(const struct tui *ui)
{
	g_autofree char *at = NULL;

	if (!ui->status.fresh_ms)
		return NULL;
	at = base_clock_hhmm(ui->status.fresh_ms);
	return g_strdup_printf(_("as of %s"), at);
}

static char *
unsent_words(const struct tui *ui)
{
	if (ui->outbox.failed)
		return g_strdup_printf(_("✗%d refused"),
		    (int)ui->outbox.failed);
	if (ui->outbox.waiting)
		return g_strdup_printf(_("↑%d unsent"),
		    (int)ui->outbox.waiting);
	return NULL;
}

/* ---- the line ----------------------------------------------------------- */

static int64_t
owed_sum(const struct tui *ui)
{
	int64_t n = 0;

	for (int i = 0; i < QUEUE_KINDS_; i++)
		n += ui->counts.owed[i];
	return n;
}

static char *
doctor_words(struct tui *ui)
{
	g_autofree char *name = ui->store ? store_me_name(ui->store) : NULL;
	g_autofree char *field = ui->store ? store_me_specialty(ui->store) :
	    NULL;
	g_autofree char *n = base_text_show(name ? name : "", -1,
	    BASE_ONE_LINE);
	g_autofree char *f = base_text_show(field ? field : "", -1,
	    BASE_ONE_LINE);

	return g_strdup_printf("%s%s%s%s", n, *n && *f ? " · " : "", f,
	    ui->options->practice ? _(" (practice)") : "");
}

/* The counts stand whole; the doctor's name is cut to what is left. */
static void
draw_left(struct tui *ui, struct area a)
{
	g_autofree char *doctor = doctor_words(ui);
	g_autofree char *owed = ui->counted ? g_strdup_printf(_("owed %d"),
	    (int)owed_sum(ui)) : g_strdup("");
	g_autofree char *late = g_strdup_printf(_("overdue %d"),
	    (int)ui->counts.overdue);
	g_autofree char *name = NULL;
	int need = base_text_cols(owed, -1) + 3, x = 1;

	if (ui->counts.overdue)
		need += base_text_cols(late, -1) + 2;
	x += canvas_text(ui->canvas, a, 0, x, a.cols, E_HEADER_NAME,
	    _("qingnang")) + 2;
	if (a.cols - x - need > 4) {
		name = base_text_cut(doctor, a.cols - x - need);
		x += canvas_text(ui->canvas, a, 0, x, a.cols, E_HEADER, name);
		x += *name ? 3 : 0;
	}
	x += canvas_text(ui->canvas, a, 0, x, a.cols, E_HEADER_COUNT, owed);
	if (ui->counts.overdue)
		canvas_text(ui->canvas, a, 0, x + 2, a.cols, E_HEADER_ALARM,
		    late);
}

enum { COLS_FRESH = 100 }; /* below, the time of freshness falls away */

void
header_draw(struct tui *ui, struct area a)
{
	struct word right[] = {
		{ E_HEADER_COUNT, base_clock_hhmm(base_now_ms()) },
		{ status_element(&ui->status), header_status_words(ui) },
		{ ui->outbox.failed ? E_HEADER_ALARM : E_STATUS_BUSY,
		    unsent_words(ui) },
		{ E_HEADER, a.cols >= COLS_FRESH ? fresh_words(ui) : NULL },
	};
	int x = a.cols - 1;

	canvas_under(ui->canvas, E_HEADER);
	canvas_fill(ui->canvas, a, E_SCREEN);
	for (size_t i = 0; i < G_N_ELEMENTS(right); i++) {
		int w = right[i].text ? base_text_cols(right[i].text, -1) : 0;

		if (w) {
			x -= w;
			canvas_text(ui->canvas, a, 0, x, w, right[i].element,
			    right[i].text);
			x -= 2;
		}
		g_free(right[i].text);
	}
	draw_left(ui, area_part(a, 0, 0, 1, x));
	canvas_under(ui->canvas, E_SCREEN);
}
