/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the views share: the store, what is on the screen, and the few things
 * they may ask of the engine. Dirty bits are set here and in the views; the loop
 * redraws once a turn.
 */
#ifndef QN_TUI_UI_H
#define QN_TUI_UI_H

#include "tui/desk.h"
#include "tui/view.h"

enum dirty {
	DIRTY_SCREEN = 1 << 0,  /* draw again from what is loaded */
	DIRTY_QUEUE = 1 << 1,   /* load again … */
	DIRTY_THREAD = 1 << 2,
	DIRTY_CHART = 1 << 3,
	DIRTY_OUTBOX = 1 << 4,
	DIRTY_DATA = DIRTY_QUEUE | DIRTY_THREAD | DIRTY_CHART | DIRTY_OUTBOX,
	DIRTY_ALL = DIRTY_SCREEN | DIRTY_DATA,
};
enum pane { PANE_QUEUE, PANE_THREAD, PANE_CHART, PANES_ };

/* A consultation, or a result opened as a thread of its own. */
struct target {
	struct draft_key key;
	enum queue_kind kind;      /* RENEWAL, REJECTED: row is a Task */
	int64_t row;               /* its row in the queue; 0 unknown */
};

/* What was heard on the doorbell. */
struct link_status {
	gboolean connected;
	gboolean given_up;         /* not connected, and not for a moment only */
	gboolean known;            /* a state line has come */
	enum doorbell_state state;
	int64_t since_ms, fresh_ms;
	enum doorbell_phase phase;
	int64_t done, total;       /* progress; total 0 unknown */
	struct { int64_t file, done, total; } fetching; /* bytes */
};

struct link;
struct editing;
struct tui {
	struct tui_options *options;
	struct base_secret *key;   /* NULL while locked */
	struct store *store;       /* NULL while locked */
	struct desk *desk;         /* with the store */
	struct signer *signer;     /* step-up; NULL: not opened */
	struct {                   /* step_up.c: while it asks */
		void (*then)(struct view *asker);
		struct base_secret *first; /* a new one, typed once */
	} signing;
	struct theme *theme;
	struct canvas *canvas;
	struct input *input;
	struct link *link;
	unsigned dirty;

	struct view *pane[PANES_];
	struct view *composer;     /* in the thread pane, or NULL */
	GPtrArray *over;           /* struct view: page, prompt, lock; last: top */
	enum pane focus;
	gboolean composing;        /* the keys go to the composer */
	gboolean chart_shown;      /* two panes: the chart lies over the thread */
	struct area area[PANES_];  /* of the bodies; cols 0: not on screen */

	struct target open;        /* the thread on the screen */
	struct patient_id patient; /* whose it is; n 0 none */
	struct queue_counts counts;
	gboolean counted;          /* counts has been filled once */
	struct outbox_counts outbox;
	struct link_status status;

	char *notice;              /* one sentence above the footer */
	char *notice_details;      /* for x */
	gboolean notice_is_error;

	struct {                   /* respond.c: the last acknowledged */
		struct report_id report;
		struct outbox_id first, last;
	} acked;

	GPtrArray *unsaved;        /* replies that no disk took; unsaved.c */
	struct editing *editing;   /* $EDITOR has the reply; editor.c */

	int64_t last_key_mono_ms;  /* for the lock */
	int64_t loaded_mono_ms;    /* last load after a doorbell line */
	gboolean throw_away;       /* typed-ahead keys: another patient comes */
	gboolean place_changed;    /* to be written when no key is waiting */
	gboolean leave;
	int exit_code;
	long frame;
	long mark_wanted;          /* a test asked; -1 */
};

/* ---- what a view may ask (ui.c) ----------------------------------------- */

void ui_dirty(struct tui *ui, unsigned dirty);
/* One sentence, and details for x or NULL. Shown until the next key. */
void ui_say(struct tui *ui, const char *sentence);
void ui_fail(struct tui *ui, const char *sentence, const GError *error);
void ui_quiet(struct tui *ui);
/* Opens a thread with its chart; throws typed-ahead keys away. */
void ui_open(struct tui *ui, const struct target *target);
/* A patient's chart beside their open consultation, where there is one. */
void ui_open_chart(struct tui *ui, struct patient_id patient);
/* Lays the thread down: back to the queue. */
void ui_close_thread(struct tui *ui);
void ui_focus(struct tui *ui, enum pane pane);
/* Overlays; push takes the view, pop frees it. */
void ui_push(struct tui *ui, struct view *v);
void ui_pop(struct tui *ui);
/* Takes this one away, also from under a question that is answered just now. */
void ui_leave(struct tui *ui, struct view *v);
struct view *ui_top(struct tui *ui); /* that gets the keys */
/* Saves what is in the composer and puts the keys back to the thread. */
void ui_compose(struct tui *ui, gboolean on);
/* TRUE: what was written here went or was cleared in another window; said. */
gboolean ui_draft_gone(struct tui *ui);
/* Saves it before it goes; FALSE: a draft that cannot be saved stays. */
gboolean ui_compose_end(struct tui *ui);
/* A request as if its key had been pressed: the command line. */
void ui_request(struct tui *ui, enum request request);
/* The queue's filter, live; NULL or "" for none. */
void ui_filter(struct tui *ui, const char *text);
const char *ui_filter_text(struct tui *ui);
/* The outbox has something: rings. */
void ui_poke(struct tui *ui);
/* Asks qingnang-sync ("fetch"); safe to lose. Returns the request's number, 0
 * when nobody is there to ask. */
int64_t ui_ask(struct tui *ui, enum doorbell_verb verb, const char *ref,
    int64_t limit_ms);
/* … what a decision support service says of a prescription ("check"). */
int64_t ui_ask_service(struct tui *ui, struct rx_id rx, int64_t limit_ms);
/* From ASK_FAILED on it did not come; GONE: the server has no such thing. */
enum ask_state { ASK_NONE, ASK_WAITING, ASK_OK, ASK_FAILED, ASK_GONE,
	ASK_REFUSED };
enum ask_state ui_asked(struct tui *ui, int64_t request);
/* Monotonic time at which a waiting request has failed; -1: none. */
int64_t ui_asked_due(struct tui *ui, int64_t request);

/* ---- session.c: the store, opened and closed ---------------------------- */

/* Takes key. Opens the store, and puts the screen back where it was. */
gboolean session_open(struct tui *ui, struct base_secret *key, GError **error);
/* Saves the draft and the place, drops all patient data, closes the store and
 * wipes the key: the lock, and the end. */
void session_close(struct tui *ui);
void session_save_place(struct tui *ui);

/* ---- layout.c ----------------------------------------------------------- */

void layout_draw(struct tui *ui);
gboolean layout_fits(const struct tui *ui);
/* The pane at a cell, or PANES_. */
enum pane layout_pane_at(const struct tui *ui, int y, int x);

/* ---- words.c: lines that several views show ----------------------------- */

/* words_patient() within columns: the name gives way, never sex, age and flags. */
char *words_patient_fit(const struct patient_brief *p, int cols);
char *words_sex_age(const struct patient_brief *p);
char *words_flags(const struct patient_brief *p); /* "" when none */
/* Sex, age and marks; and words_patient_fit() of words kept. Owned. */
char *words_person(const struct patient_brief *p);
char *words_fit(const char *name, const char *person, int cols);
/* words_patient() of that one; NULL: not in the cache. */
char *words_patient_of(struct tui *ui, struct patient_id patient);
/* Of the patient who is open, for a page over their screens; NULL: nobody is. */
char *words_open_patient(struct tui *ui);
/* Of whom the view is that a page will lie over: a renewal's, not who is open. */
char *words_under_page(struct tui *ui);
const char *words_sex(const char *code);
char *words_size(int64_t bytes);
const char *words_file(const char *content_type); /* "picture", "PDF" */
/* Through the gate, on one line; NULL is "". Owned. */
char *words_shown(const char *text);

/* ---- views -------------------------------------------------------------- */

struct view *queue_view_new(struct tui *ui);
struct view *thread_view_new(struct tui *ui);
struct view *chart_view_new(struct tui *ui);
/* All keys, those of `here` (enum where) first. */
struct view *help_view_new(struct tui *ui, unsigned here);
/* A page of text with a title; both copied. */
struct view *page_view_new(struct tui *ui, const char *title,
    const char *text);
/* The message that is read once the end of the page was seen. */
void page_view_reads(struct view *v, struct message_id message);
struct view *filter_view_new(struct tui *ui);
struct view *search_view_new(struct tui *ui);

/* queue.c, queue_load.c */
const struct queue_row *queue_view_selected(struct view *v);
int64_t queue_view_key(struct view *v);
void queue_view_go(struct view *v, int64_t key); /* selects that row */
void queue_view_lane(struct view *v, int lane);
int queue_view_lane_now(struct view *v);
gboolean queue_view_next(struct view *v, struct target *out);
void queue_view_filter(struct view *v, const char *text);
int64_t queue_view_found(struct view *v);
const char *queue_view_filter_text(struct view *v);
/* thread.c, thread_place.c */
void thread_view_show(struct view *v); /* ui->open has changed */
void thread_view_end(struct view *v);  /* to its last line: a reply was sent */
const struct thread *thread_view_thread(struct view *v);
char *thread_view_place(struct view *v);
void thread_view_go(struct view *v, const char *place);
/* To that message of what is open, however old. */
void thread_view_jump(struct view *v, struct message_id message);
/* respond.c: what a result's keys do (F42) */
void respond_ack(struct tui *ui);
void respond_unack(struct tui *ui);
void respond_explain(struct tui *ui);
void respond_recall(struct tui *ui);
/* The source of what is in sight, Tab goes on to what is around it. */
void thread_view_source(struct view *v);
void chart_view_source(struct view *v);
/* Its pictures and files; the cursor on the first one in sight. */
void thread_view_files(struct view *v);
/* chart.c */
char *chart_view_place(struct view *v);
void chart_view_go(struct view *v, const char *place);
/* What is known of this patient's re-visit. FALSE: not looked up yet; it will
 * be, when no key waits. *out borrowed; NULL: the rules could not be read. */
gboolean chart_view_revisit(struct view *v, const struct care_revisit **out);
/* No rule has asked for one so far as is known. */
gboolean chart_view_unasked(struct view *v);
/* The entry of this reference is on top, once drawn. */
void chart_view_seek(struct view *v, const char *ref);

#endif
