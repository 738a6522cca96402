/* SPDX-License-Identifier: Apache-2.0 */
/* A program on a pty, and what it shows, through libvterm. The time of a picture
 * is when its last bytes were read. */
#ifndef QN_BENCH_GLASS_H
#define QN_BENCH_GLASS_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#define GLASS_ROWS 54
#define GLASS_COLS 120

struct glass;
/* env: "NAME=value", NULL-terminated, replaces all. Started when it returns. */
struct glass *glass_start(const char *const *argv, const char *const *env);
/* Reads until seen() is true of the picture; the time of the last read in
 * monotonic us, or -1 when the program ended or limit_ms passed. */
gint64 glass_until(struct glass *glass, bool (*seen)(struct glass *glass,
    void *user), void *user, int limit_ms);
/* Takes in what comes within ms. */
void glass_rest(struct glass *glass, int ms);
void glass_type(struct glass *glass, const char *keys);
char *glass_row(struct glass *glass, int y); /* owned; "" outside */
char *glass_text(struct glass *glass);       /* owned */
/* A number that changes with the characters and colours of a row. */
guint glass_row_hash(struct glass *glass, int y);
gint64 glass_started_us(const struct glass *glass);
pid_t glass_pid(const struct glass *glass);
/* SIGTERM, and waits. */
void glass_stop(struct glass *glass);

#endif
