/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A terminal without a terminal: the child runs on a pty, libvterm is the glass.
 * Nothing sleeps: after the keys a mark is asked for, and the program answers it
 * once everything before it is on the screen.
 */
#ifndef QN_TESTS_TERM_H
#define QN_TESTS_TERM_H

#include "tui/tui.h"

struct term;
struct term_options {
	int rows, cols;
	const char *term;      /* TERM; NULL: xterm-256color */
	gboolean no_color;
	const char *language;  /* NULL: en */
	int64_t now_ms;        /* 0: the real clock */
	gboolean job;          /* run it as a shell does; term_pid() is the shell */
	/* Runs in the child; its return value is the exit code. */
	int (*child)(void *user);
	void *user;
};
/* A cell as it is seen; chars is UTF-8, "" for the second half of a wide one. */
struct term_cell {
	char chars[40];
	int width;
	unsigned char fg[3], bg[3];
	gboolean bold, italic, underline, reverse;
};

struct term *term_new(const struct term_options *options);
void term_free(struct term *t); /* kills what still runs */
BASE_DEFINE_AUTO(term, term_free)

/* Waits for the program's first frame. */
void term_begin(struct term *t);
/* Bytes as a keyboard sends them; then waits until they are dealt with. */
void term_keys(struct term *t, const char *bytes);
void term_keys_n(struct term *t, const char *bytes, size_t len);
/* The same without waiting, for what ends the program. */
void term_send(struct term *t, const char *bytes);
void term_sync(struct term *t);
void term_resize(struct term *t, int rows, int cols);
/* Waits for the end; the exit code, or 128 + signal. */
int term_exit(struct term *t);
/* Waits until it has been stopped (SIGTSTP, ^Z). */
void term_stopped(struct term *t);
int term_pid(const struct term *t);
/* Until predicate is true of a screen; fails the test in the end. */
void term_until(struct term *t, const char *text);
/* The same of another program, which gives no marks ($EDITOR). */
void term_await(struct term *t, const char *text);
/* For pictures of a program that gives no marks: until text is there and nothing
 * more has come for quiet_ms. */
void term_watch(struct term *t, const char *text, int quiet_ms);

int term_rows(const struct term *t);
int term_cols(const struct term *t);
/* Lines without trailing blanks, '\n' after each. Owned. */
char *term_text(struct term *t);
char *term_row(struct term *t, int y);
gboolean term_has(struct term *t, const char *text);
void term_cell(struct term *t, int y, int x, struct term_cell *out);
void term_cursor(struct term *t, int *y, int *x, gboolean *visible);
/* All bytes the program has written so far. */
const GByteArray *term_bytes(const struct term *t);

/* shot.c: the screen as a picture. Owned. */
char *term_svg(struct term *t);
/* Compares with tests/tui/golden/NAME.txt: text and cursor. QN_GOLDEN=write
 * makes it anew; QN_SHOTS=DIR writes NAME.svg too. */
void term_golden(struct term *t, const char *name);

#endif
