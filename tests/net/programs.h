/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real programs side by side: a practice clinic, profiles of their own in a
 * throw-away home, qingnang-sync with its key, and a screen's end of its
 * doorbell. Nothing sleeps for luck: what is waited for must come.
 */
#ifndef QN_TESTS_NET_PROGRAMS_H
#define QN_TESTS_NET_PROGRAMS_H

#include "tests/tap.h"
#include "net/net.h"

enum { PROGRAMS_PATIENCE_MS = 120000 };

/* ---- a home and its key -------------------------------------------------- */

/* XDG directories below a new directory; the key of all its caches. */
void home_begin(void);
void home_end(void);
struct base_secret *home_key(void);

/* ---- the clinic ---------------------------------------------------------- */

struct clinic { pid_t pid; struct fhir_doc *words; };
/* words: its options, NULL-terminated. */
struct clinic clinic_start(const char *const *words);
void clinic_stop(struct clinic *c);
/* A field of the one line it prints. */
const char *clinic_word(const struct clinic *c, const char *name);

/* ---- a profile ----------------------------------------------------------- */

/* Client credentials of that clinic; dialect may be NULL. */
void profile_write(const char *profile, const struct clinic *c,
    const char *dialect);
/* Changes one setting of it. */
void profile_set(const char *profile, enum setting key, const char *value);
struct store *profile_open(const char *profile);
int64_t profile_rows(const char *profile);
/* Replies waiting or refused. */
int64_t profile_unsent(const char *profile);
/* Queues a reply in the first consultation. */
void profile_reply(const char *profile, const char *text);

/* ---- qingnang-sync ------------------------------------------------------- */

pid_t sync_start(const char *profile, const char *a, const char *b);
/* As a screen's starter does it: without a terminal, a session of its own. */
pid_t sync_start_daemon(const char *profile);
/* The exit code of one that ends by itself. */
int sync_ended(pid_t pid);
int sync_run(const char *profile, const char *a, const char *b);
/* What it prints on both descriptors goes to *text_out, owned. */
int sync_run_text(const char *profile, const char *a, const char *b,
    char **text_out);

/* ---- a screen's end ------------------------------------------------------ */

/* Zeroes but for bell. */
struct ear {
	struct doorbell *bell;
	GQueue lines;               /* struct doorbell_line, not yet looked at */
	struct doorbell_line line;  /* that was waited for */
};
void ear_close(struct ear *ear);
/* Says hello as "screen" or "command"; waits until there is a doorbell. */
struct doorbell *ear_connect(const char *profile, const char *who);
void ear_say(struct ear *ear, enum doorbell_verb verb, int64_t id,
    const char *word);
/* Until it comes, past all others; the test fails when it never does. id -1:
 * any. */
void ear_hear(struct ear *ear, enum doorbell_verb verb, int64_t id);
void ear_hear_state(struct ear *ear, enum doorbell_state state);

#endif
