/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads every .json file of a directory, writes it again and proves that nothing
 * changed: jansson finds both trees equal, in the same order of keys, and a scan
 * of its own finds the same numbers, as texts, in the same order. Prints
 * "N files, N numbers, N failed".
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "fhir/fhir.h"

/* One of HL7's examples is 35 MB; a server's answer is never so large. */
static const struct fhir_limits limits = { (size_t)256 << 20, 128 };

struct count {
	int files, failed;
	long numbers;
};

/* Past a string that begins at p. */
static const char *
skip_string(const char *p)
{
	for (p++; *p && *p != '"'; p++)
		if (*p == '\\' && p[1])
			p++;
	return *p ? p + 1 : p;
}

/* The next number outside of strings; NULL at the end. */
static const char *
next_number(const char *p, size_t *len)
{
	while (*p && *p != '-' && !g_ascii_isdigit(*p))
		p = *p == '"' ? skip_string(p) : p + 1;
	*len = strspn(p, "+-.0123456789eE");
	return *p ? p : NULL;
}

static gboolean
same_numbers(const char *a, const char *b, long *count)
{
	size_t la = 0, lb = 0;

	for (;;) {
		a = next_number(a + la, &la);
		b = next_number(b + lb, &lb);
		if (!a || !b)
			return !a && !b;
		if (la != lb || memcmp(a, b, la) != 0)
			return FALSE;
		++*count;
	}
}

static gboolean
same_order(json_t *a, json_t *b)
{
	void *i = json_object_iter(a), *j = json_object_iter(b);
	size_t n = json_array_size(a);

	for (size_t at = 0; at < n; at++)
		if (!same_order(json_array_get(a, at), json_array_get(b, at)))
			return FALSE;
	for (; i && j; i = json_object_iter_next(a, i),
	    j = json_object_iter_next(b, j))
		if (strcmp(json_object_iter_key(i),
		    json_object_iter_key(j)) != 0 ||
		    !same_order(json_object_iter_value(i),
		    json_object_iter_value(j)))
			return FALSE;
	return !i && !j;
}

static const char *
compare(const char *before, size_t before_len, const char *after,
    size_t after_len, long *numbers)
{
	json_t *a = json_loadb(before, before_len, JSON_DECODE_INT_AS_REAL,
	    NULL);
	json_t *b = json_loadb(after, after_len, JSON_DECODE_INT_AS_REAL, NULL);
	const char *what = NULL;

	if (!a || !b)
		what = "jansson cannot read it";
	else if (!json_equal(a, b) || !same_order(a, b))
		what = "another document";
	else if (!same_numbers(before, after, numbers))
		what = "another number";
	json_decref(a);
	json_decref(b);
	return what;
}

static void
try_file(const char *path, struct count *count)
{
	g_autofree char *before = NULL, *after = NULL;
	g_autoptr(GError) error = NULL;
	BASE_AUTO(fhir_doc) doc = NULL;
	const char *what;
	gsize before_len;
	size_t after_len;

	count->files++;
	if (g_file_get_contents(path, &before, &before_len, &error))
		doc = fhir_parse(before, before_len, &limits, &error);
	if (doc)
		after = fhir_write(fhir_root(doc), &after_len);
	what = doc ? compare(before, before_len, after, after_len,
	    &count->numbers) : error->message;
	if (!what)
		return;
	printf("# %s: %s\n", path, what);
	count->failed++;
}

int
main(int argc, char **argv)
{
	GDir *dir = argc == 2 ? g_dir_open(argv[1], 0, NULL) : NULL;
	struct count count = { 0 };
	const char *name;

	if (!dir) {
		fputs("usage: rewrite DIR\n", stderr);
		return 2;
	}
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(argv[1], name, NULL);

		if (g_str_has_suffix(name, ".json"))
			try_file(path, &count);
	}
	g_dir_close(dir);
	printf("%d files, %ld numbers, %d failed\n", count.files,
	    count.numbers, count.failed);
	return count.failed > 0;
}
