/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the built programs as a user would: an empty home of their own, the real
 * clinic on a port of its own, pipes instead of a terminal. Nothing sleeps: a
 * program is waited for, the clinic by its one line.
 */
#ifndef QN_TESTS_CLI_RUN_H
#define QN_TESTS_CLI_RUN_H

#include "cli/cli.h"

/* A home and what was printed last. */
struct home {
	char *dir;
	char *bin;       /* where the programs are; NULL: the build tree */
	char **env;
	char *out, *err; /* of the last run */
	GPid clinic;
	int clinic_out;
	struct fhir_doc *line; /* the clinic's */
};

struct home *home_new(void);
void home_free(struct home *h);
/* "NAME=value" for the runs that follow. */
void home_env(struct home *h, const char *name, const char *value);
/* A file in the home; returns its path (owned). */
char *home_write(struct home *h, const char *name, const char *text);
/* Runs qingnang with these words, NULL-terminated; input may be NULL. Returns
 * its exit code, or 128 + signal. */
int home_run(struct home *h, const char *input, const char *word, ...)
    G_GNUC_NULL_TERMINATED;
/* The same with input that may hold a NUL. */
int home_run_bytes(struct home *h, const char *input, size_t len,
    const char *word, ...) G_GNUC_NULL_TERMINATED;
/* What is asked on a terminal, and what the person types; typed NULL: it is only
 * to be said; before: done before it is typed. Ends with asked NULL. */
struct home_talk { const char *asked, *typed;
	void (*before)(struct home *h); };
/* Runs qingnang on a pty; all it wrote, owned. Every question must come. */
char *home_talk(struct home *h, const char *const *words,
    const struct home_talk *talk, int *code);
/* qingnang-sync for the profile until home_sync_stop(); how 0: asked to end, else
 * that signal. */
GPid home_sync(struct home *h, const char *profile);
void home_sync_stop(GPid pid, int how);
/* Starts qingnang-clinic with these words and reads its line. */
void home_clinic(struct home *h, const char *word, ...) G_GNUC_NULL_TERMINATED;
void home_clinic_stop(struct home *h);
/* A field of the clinic's line. */
const char *home_clinic_field(struct home *h, const char *field);
/* A key slot with cheap parameters (they exist in tests alone), so that login
 * does not spend half a second on each run. */
void home_slot(struct home *h, const char *profile, const char *passphrase);
/* Logs the profile in at the clinic by client credentials; returns the code. */
int home_login(struct home *h, const char *profile, const char *practitioner);
/* JSON of the last run, below "all". */
struct fhir_doc *home_json(struct home *h);

#endif
