/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/figure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int status;

void
figure(const char *name, double value, const char *unit,
    enum figure_bound bound, double limit, const char *floor)
{
	static const char *const words[] = { "limit", "at least", NULL };
	bool over = bound == FIGURE_AT_MOST ? value > limit
	    : bound == FIGURE_AT_LEAST ? value < limit : false;
	g_autofree char *limit_words = bound == FIGURE_NO_LIMIT
	    ? g_strdup("") : g_strdup_printf("%s %g %s", words[bound], limit,
	    unit);
	printf("%-5s %-44s %10.*f %-6s %-22s %s\n",
	    bound == FIGURE_NO_LIMIT ? "" : over ? "OVER" : "ok", name,
	    fabs(value) < 100 ? 2 : 0, value, unit, limit_words,
	    floor ? floor : "");
	fflush(stdout);
	if (over)
		status = 1;
}

int
figure_status(void)
{
	return status;
}

void
samples_add(struct samples *samples, double us)
{
	if (samples->n == samples->room) {
		samples->room = samples->room ? samples->room * 2 : 256;
		samples->us = g_renew(double, samples->us, samples->room);
	}
	samples->us[samples->n++] = us;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double
samples_quantile(struct samples *samples, double q)
{
	g_assert(samples->n > 0);
	qsort(samples->us, samples->n, sizeof(double), compare);
	size_t at = (size_t)ceil(q * (double)samples->n);
	return samples->us[CLAMP(at, 1, samples->n) - 1];
}

void
samples_clear(struct samples *samples)
{
	g_free(samples->us);
	memset(samples, 0, sizeof(*samples));
}

void
bench_die(const char *doing, const GError *error)
{
	fprintf(stderr, "%s: %s\n", doing, error ? error->message : "failed");
	exit(2);
}

static double
status_number(const char *path, const char *name)
{
	g_autofree char *text = NULL;
	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	const char *line = strstr(text, name);
	return line ? g_ascii_strtod(line + strlen(name), NULL) : 0;
}

double
bench_resident_mb(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)pid);
	return status_number(path, "VmRSS:") / 1024;
}

struct base_secret *
bench_key(const char *dir)
{
	const struct vault_kdf cheap = { .ops = 1, .mem_bytes = 8192 };
	char words[] = "bench";
	g_autoptr(GError) error = NULL;
	struct base_secret *key = NULL;
	BASE_AUTO(base_secret) pass = base_secret_take(words, strlen(words));
	if (vault_slot_exists(dir))
		key = vault_slot_open(dir, pass, &error);
	else
		vault_slot_create(dir, pass, &cheap, &key, &error);
	if (key == NULL)
		bench_die("the bench's key slot", error);
	return key;
}

struct store *
bench_open(const char *dir, enum store_role role)
{
	g_autoptr(GError) error = NULL;
	BASE_AUTO(base_secret) key = bench_key(dir);
	struct store *store = store_open(dir, key, role, &error);
	if (store == NULL)
		bench_die("opening the cache", error);
	return store;
}
