/* SPDX-License-Identifier: Apache-2.0 */
/* The practice clinic of a bench, the profile that knows it, and qingnang-sync on
 * that profile; and what strace saw of a program at rest. */
#ifndef QN_BENCH_CLINIC_H
#define QN_BENCH_CLINIC_H

#include <glib.h>
#include <sys/types.h>

#define BENCH_PROFILE "bench"

struct bench_clinic {
	pid_t pid;
	int out_fd;     /* a line a WebSocket frame: bench_clinic_frame_us() */
	char *base, *token_url, *client_id, *client_secret;
};

/* argv as a child that dies with this program; out_fd becomes its stdout, -1:
 * it keeps ours. */
pid_t bench_spawn(const char *const *argv, int out_fd);
void bench_stop(pid_t pid);

/* Started, its profile written below WORK, and the environment of this process
 * set to WORK's directories. */
struct bench_clinic *bench_clinic_start(const char *work, const char *build);
void bench_clinic_stop(struct bench_clinic *clinic);
/* When the clinic wrote the next frame, of the monotonic clock; -1 after
 * limit_ms without one. */
gint64 bench_clinic_frame_us(struct bench_clinic *clinic, int limit_ms);
/* A resource "Type" is created, "Type/id" is put: the request is answered when
 * this returns. */
void bench_clinic_send(struct bench_clinic *clinic, const char *name,
    const char *json);
/* Returns when the doorbell in RUN says "live". */
void bench_wait_live(const char *run);

/* The words that put a program under strace, its waits written to PATH; the
 * program's own words follow. */
#define BENCH_TRACE(path) "/usr/bin/strace", "-f", "-qq", "-ttt", "-T", "-o", \
	(path), "-e", "trace=poll,ppoll,epoll_wait,epoll_pwait,epoll_pwait2," \
	"select,pselect6,futex,nanosleep,clock_nanosleep,rt_sigtimedwait"
/* How often it woke between the two, of the real clock: waits of any thread that
 * returned. A look without waiting is none; returns within a tenth of a second of
 * the last are one. -1: no trace. */
int bench_trace_wakes(const char *path, gint64 from_us, gint64 to_us);
/* The program that strace runs. */
pid_t bench_traced_pid(pid_t strace);

/* tests/bench/bench_event.c */
void bench_events(struct bench_clinic *clinic, const char *work,
    const char *build);

#endif
