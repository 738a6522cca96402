/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the terminal said, decoded: keys, pasted text, the mouse. Made from raw
 * bytes by input.c, which knows no screen and no clock of its own, so that split
 * sequences are tested without waiting.
 */
#ifndef QN_TUI_EVENT_H
#define QN_TUI_EVENT_H

#include "base/base.h"

/* A key is a code point (a letter with MOD_CTRL is its lower case), or one of
 * these, beyond Unicode. */
enum key {
	K_NONE = 0x110000,
	K_ENTER, K_TAB, K_BACKTAB, K_ESC, K_BACKSPACE, K_DELETE, K_INSERT,
	K_UP, K_DOWN, K_LEFT, K_RIGHT, K_HOME, K_END, K_PGUP, K_PGDN,
	K_F1, K_F2, K_F3, K_F4, K_F5, K_F6, K_F7, K_F8, K_F9, K_F10, K_F11,
	K_F12,
	K_LAST_
};
enum key_mod { MOD_SHIFT = 1, MOD_ALT = 2, MOD_CTRL = 4 };

enum event_kind {
	EVENT_KEY,
	EVENT_PASTE, /* one bracketed paste, whole; never executed as keys */
	EVENT_MOUSE,
	EVENT_MARK,  /* a test asks for the frame mark with this number */
};
enum mouse_act { MOUSE_PRESS, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct event {
	enum event_kind kind;
	uint32_t key;
	unsigned mods;
	const char *text; /* EVENT_PASTE: raw bytes, until the next event */
	size_t len;
	int y, x;         /* EVENT_MOUSE */
	enum mouse_act mouse;
	long number;      /* EVENT_MARK */
};

/* A printable character, typed as such. */
static inline gboolean event_is_text(const struct event *e)
{
	return e->kind == EVENT_KEY && e->key >= 0x20 && e->key < 0x110000 &&
	    e->key != 0x7f && e->mods == 0;
}

struct input;
/* hold_ms: how long a lone ESC may be the beginning of a sequence. */
struct input *input_new(int hold_ms);
void input_free(struct input *in);
void input_feed(struct input *in, const char *bytes, size_t len,
    int64_t now_ms);
/* The next event that is certain; FALSE when there is none (yet). */
gboolean input_next(struct input *in, int64_t now_ms, struct event *out);
/* When input_next() is to be asked again without new bytes; -1: never. */
int64_t input_due_ms(const struct input *in);
/* Throws typed-ahead keys away, marks excepted: a sequence that has begun is
 * thrown away to its end. */
void input_discard(struct input *in, int64_t now_ms);

#endif
