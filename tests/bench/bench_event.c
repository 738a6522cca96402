/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A WebSocket event on screen: the real clinic, the real qingnang-sync, the real
 * qingnang on a pseudo-terminal, on the filled cache. Each event is a message of a
 * patient whose consultation stands first in the queue, so that its row counts one
 * more unread; timed from the clinic's write of the frame to the bytes that show
 * the count.
 */
#include "tests/bench/clinic.h"
#include "tests/bench/figure.h"
#include "tests/bench/gen.h"
#include "tests/bench/glass.h"

#include <stdio.h>
#include <string.h>

#define EVENTS 60 /* minutes of an hour */
#define EVENT_EVERY_MS 150
#define SUBJECT "\"subject\":{\"reference\":\"Patient/bench-event\"}"
#define TO_ME "\"recipient\":[{\"reference\":\"" GEN_ME "\"}]"

struct event {
	struct bench_clinic *clinic;
	char *json;
	char *before; /* what stood below the patient's name */
};

/* The line with the count of unread messages, or NULL. */
static char *
count_line(struct glass *glass)
{
	for (int y = 0; y + 1 < GLASS_ROWS; y++) {
		g_autofree char *row = glass_row(glass, y);
		if (strstr(row, "Eve Ent"))
			return glass_row(glass, y + 1);
	}
	return NULL;
}

static bool
shows(struct glass *glass, void *user)
{
	g_autofree char *now = count_line(glass);
	return now && strstr(now, " new") && strcmp(now, user) != 0;
}

static bool
is_there(struct glass *glass, void *user)
{
	g_autofree char *text = glass_text(glass);
	return strstr(text, user) != NULL;
}

static void
die_showing(struct glass *glass, const char *words)
{
	g_autofree char *text = glass_text(glass);
	fprintf(stderr, "%s\n", text);
	bench_die(words, NULL);
}

/* While the screen is watched: its bytes must not wait for the answer. */
static gpointer
post(gpointer user)
{
	struct event *event = user;
	bench_clinic_send(event->clinic, "Communication", event->json);
	return NULL;
}

static void
make_consultation(struct bench_clinic *clinic)
{
	bench_clinic_send(clinic, "Patient/bench-event", "{\"resourceType\":"
	    "\"Patient\",\"id\":\"bench-event\",\"name\":[{\"text\":"
	    "\"Eve Ent\"}],\"gender\":\"female\",\"birthDate\":"
	    "\"1950-01-01\"}");
	bench_clinic_send(clinic, "Communication/bench-event",
	    "{\"resourceType\":\"Communication\",\"id\":\"bench-event\","
	    "\"status\":\"in-progress\",\"priority\":\"stat\",\"topic\":"
	    "{\"text\":\"events\"}," SUBJECT "," TO_ME
	    ",\"sent\":\"1999-01-01T00:00:00Z\"}");
}

static struct event
event_make(struct bench_clinic *clinic, int number)
{
	return (struct event){ .clinic = clinic,
		.json = g_strdup_printf("{\"resourceType\":\"Communication\","
		    "\"status\":\"completed\",\"partOf\":[{\"reference\":"
		    "\"Communication/bench-event\"}]," SUBJECT "," TO_ME
		    ",\"sender\":{\"reference\":\"Patient/bench-event\"},"
		    "\"sent\":\"1999-01-01T00:%02d:00Z\",\"payload\":"
		    "[{\"contentString\":\"%d\"}]}", number - 1, number) };
}

static void
frames_forget(struct bench_clinic *clinic)
{
	while (bench_clinic_frame_us(clinic, 0) >= 0)
		;
}

/* Milliseconds from the first frame (one a subscription) to the screen. */
static double
event_time(struct event *event, struct glass *glass)
{
	frames_forget(event->clinic);
	event->before = count_line(glass);
	if (!event->before)
		die_showing(glass, "the consultation is not shown");
	GThread *thread = g_thread_new("post", post, event);
	gint64 at = glass_until(glass, shows, event->before, 10000);
	g_thread_join(thread);
	gint64 wrote = bench_clinic_frame_us(event->clinic, 1000);
	if (at < 0 || wrote < 0)
		die_showing(glass, "an event that is not shown");
	glass_rest(glass, EVENT_EVERY_MS);
	g_free(event->json);
	g_free(event->before);
	return (double)(at - wrote) / 1000;
}

static struct glass *
start_client(const char *work, const char *build)
{
	g_autofree char *program = g_strdup_printf("%s/qingnang", build);
	g_autofree char *home = g_strdup_printf("HOME=%s", work);
	g_autofree char *state = g_strdup_printf("XDG_STATE_HOME=%s/state",
	    work);
	g_autofree char *config = g_strdup_printf("XDG_CONFIG_HOME=%s/config",
	    work);
	g_autofree char *run = g_strdup_printf("XDG_RUNTIME_DIR=%s/run", work);
	const char *const argv[] = { program, "--profile", BENCH_PROFILE,
		NULL };
	const char *const env[] = { home, state, config, run,
		"TERM=xterm-256color", "LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin",
		NULL };
	return glass_start(argv, env);
}

void
bench_events(struct bench_clinic *clinic, const char *work, const char *build)
{
	struct samples samples = { 0 };
	struct glass *glass = start_client(work, build);
	if (glass_until(glass, is_there, (char[]){ "live" }, 5000) < 0)
		die_showing(glass, "no screen for the events");
	/* Where it was left a thread may be open: back to the queue. */
	glass_type(glass, "\033");
	glass_rest(glass, 500);
	make_consultation(clinic);
	/* The first brings a patient who is new here, above the reader's line:
	 * fetched, gone to, not counted. */
	struct event news = event_make(clinic, 1);
	post(&news);
	glass_rest(glass, 3000);
	glass_type(glass, "g");
	glass_rest(glass, 500);
	for (int i = 2; i <= EVENTS; i++) {
		struct event event = event_make(clinic, i);
		samples_add(&samples, event_time(&event, glass));
	}
	glass_stop(glass);
	g_autofree char *words = g_strdup_printf("p50 of %d, from the clinic's"
	    " write; p99 %.2f ms", EVENTS - 1, samples_quantile(&samples, .99));
	figure("a WebSocket event on screen", samples_quantile(&samples, .5),
	    "ms", FIGURE_AT_MOST, 5, words);
	samples_clear(&samples);
}
