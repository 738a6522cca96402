/* SPDX-License-Identifier: Apache-2.0 */
/* A small invented clinic in a throw-away profile, and the screens on it. */
#ifndef QN_TESTS_FIXTURE_H
#define QN_TESTS_FIXTURE_H

#include "tests/tui/term.h"

/* 2026-10-03 12:41 in Shanghai. */
#define FIXTURE_NOW_MS INT64_C(1791002460000)
#define FIXTURE_PASSPHRASE "correct horse"

/* What the test and the screens' process both see. */
struct fixture_shared {
	volatile int64_t ahead_ms;   /* of the monotonic clock */
	volatile int disk_full;      /* for a test that fails the writes */
	volatile int forgotten;      /* times the kernel's key was revoked */
	char link[256];              /* given to the program for links */
};

struct fixture {
	struct fixture_shared *shared;
	char *dir;
	struct base_secret *key;
	struct base_settings *settings;
	const char *language;
	int rows, cols;
	int bell_fd;             /* listening; -1: nobody is there */
	struct doorbell *bell;
	gboolean locked;         /* start at the unlock screen */
	gboolean practice;
	const char *term;
	gboolean no_color;
	gboolean deaf;           /* no doorbell is there */
	gboolean refuse_sync;    /* qingnang-sync cannot be started */
	gboolean job;            /* a shell waits behind it */
};

struct fixture *fixture_new(void);
void fixture_free(struct fixture *f);
BASE_DEFINE_AUTO(fixture, fixture_free)

/* The store, opened as qingnang-sync does; closed by the caller. */
struct store *fixture_store(struct fixture *f);
/* A bundle of the fixtures, or resources written here, into the store. */
void fixture_ingest(struct fixture *f, const char *name);
void fixture_ingest_json(struct fixture *f, const char *json);
void fixture_section(struct fixture *f, const char *patient,
    enum chart_section section, enum section_state state);
struct consult_id fixture_consult(struct fixture *f, const char *id);

/* The screens on it, at the fixture's size; the first frame is there. */
struct term *fixture_term(struct fixture *f);
/* Sends a line as qingnang-sync does. The first call takes the connection. */
void fixture_ring(struct fixture *f, struct term *t, const char *line);
/* Waits until the screens ask for a fresh chart, and says that it was fetched. */
void fixture_answer(struct fixture *f, struct term *t);

#endif
