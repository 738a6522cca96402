/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tui/: the screens. Runs in qingnang alone, without threads and without a
 * network: it shows what is in the store, writes drafts and the outbox, and
 * hears of changes on the doorbell. Every text from outside passes
 * base_text_show() before it reaches a cell (F65). Views draw through canvas.h
 * and never touch curses.
 *
 * Never logged: anything shown or typed.
 */
#ifndef QN_TUI_H
#define QN_TUI_H

#include "care/care.h"
#include "store/store.h"

/* What the program around the screens does for them (cli/). Any function may
 * be NULL in a test. */
struct tui_host {
	void *user;
	/* Ask the starter for qingnang-sync; the key goes through a pipe. Safe to
	 * call again: one that runs already is left alone. */
	gboolean (*sync_start)(void *user, const struct base_secret *key,
	    GError **error);
	/* Gives an https address to the program of the setting link_program, as
	 * one word; the starter looks at it again. */
	gboolean (*link_open)(void *user, const char *url, GError **error);
	/* Gives a file to tui_file_program(): name is below the runtime
	 * directory, lock is the file's; it goes when the program ends. */
	gboolean (*file_open)(void *user, const char *name, int lock,
	    GError **error);
	/* STORE_ERROR_WRONG_PASSPHRASE and friends. NULL: no passphrase is
	 * needed (practice): a lock then opens with Enter, and says so. */
	struct base_secret *(*unlock)(void *user,
	    const struct base_secret *passphrase, GError **error);
	/* The lock: the cached key of the kernel keyring is revoked. */
	void (*forget_key)(void *user);
};

/* The program of the settings for a file that the screens gave out under that
 * name ("document.pdf"); "": none. Owned. */
char *tui_file_program(const struct base_settings *settings, const char *name);

/* The first start: one question. */
enum tui_first { TUI_FIRST_LEAVE, TUI_FIRST_PRACTICE, TUI_FIRST_CONNECT };

struct tui_options {
	const char *profile;
	const char *state_dir;    /* where the cache is */
	const char *runtime_dir;  /* doorbell, $EDITOR's file */
	const struct base_settings *settings;
	struct base_secret *key;  /* taken; NULL: start at the unlock screen */
	struct tui_host host;
	gboolean practice;
	/* Tests: after each complete frame, when no input is pending, the escape
	 * sequence OSC 7799 ; frame number BEL is written to the terminal. */
	gboolean frame_mark;
	/* Not NULL: the question of the first start, and nothing else; see
	 * tui_first_start(). */
	enum tui_first *first;
};

/* Runs until the doctor leaves. Restores the terminal whatever happens,
 * signals included. Returns the process's exit code. */
int tui_run(struct tui_options *options);

/* Asks it on the whole screen, before there is a profile. */
enum tui_first tui_first_start(const struct tui_options *options);

/* For qingnang.1, `qingnang doctor` and the tests: the tables. */
struct tui_key_def {
	const char *id;       /* "next", "send" */
	const char *keys;     /* as shown: "n", "^S", "Enter" */
	const char *also;     /* a key that is not a letter, for input methods */
	const char *help;     /* N_() */
	const char *hint;     /* N_(), one word for the footer */
	unsigned where;       /* enum where: the places it holds in */
};
extern const struct tui_key_def tui_key_defs[];
extern const size_t tui_key_defs_n;
extern const char *const tui_theme_elements[]; /* NULL-terminated */
/* Checks a theme file: one sentence with its line number on error. */
gboolean tui_theme_check(const char *path, GError **error);
/* Checks that the terminal will do: size, TERM, UTF-8. NULL when it will, else
 * one sentence, owned. */
char *tui_terminal_problem(void);
/* The same without the terminal's description, which curses reads at the start
 * anyway; tui_run() says what is wrong with that. */
char *tui_terminal_quick_problem(void);

#endif
