/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target as an ordinary test, in TAP: every file of its corpus
 * (tests/fuzz/corpus/NAME, NAME from the program's own), then mutations that are
 * the same in every run. A target that finds a fault aborts. */
#include "tests/fuzz/fuzz.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#define MUTATIONS 4000
#define SIZE_MAX_BYTES 4096

/* Bytes that mean something to terminals, key files, lines and UTF-8. */
static const char *const tokens[] = { "\033[", "\n", "\r\n", "\t", "=", "[", "]",
	"#", "\\", " ", "\377", "\302\233", "\342\200\256", "\342\200\215",
	"\314\201", "\360\237\207\250", "中", "\300\200", "9223372036854775808",
	"/", ":", "-1", "http://", "\357\273\277" };

static GPtrArray *
read_corpus(const char *name)
{
	const char *src = g_getenv("QN_TEST_SRCDIR");
	g_autofree char *dir = g_build_filename(src ? src : ".",
	    "tests/fuzz/corpus", name, NULL);
	g_autoptr(GDir) files = g_dir_open(dir, 0, NULL);
	GPtrArray *corpus = g_ptr_array_new_with_free_func(
	    (GDestroyNotify)g_bytes_unref);
	const char *file;

	while (files && (file = g_dir_read_name(files))) {
		g_autofree char *path = g_build_filename(dir, file, NULL);
		char *bytes;
		gsize len;

		if (g_file_get_contents(path, &bytes, &len, NULL))
			g_ptr_array_add(corpus, g_bytes_new_take(bytes, len));
	}
	return corpus;
}

static void
mutate(GByteArray *a, GRand *rand)
{
	const char *token = tokens[g_rand_int_range(rand, 0,
	    G_N_ELEMENTS(tokens))];
	guint at = (guint)g_rand_int_range(rand, 0, MAX((gint32)a->len, 1));
	g_autofree guint8 *tail = NULL;
	guint rest = a->len - at, cut = (guint)g_rand_int_range(rand, 1, 9);

	switch (a->len ? g_rand_int_range(rand, 0, 4) : 3) {
	case 0:
		a->data[at] ^= (guint8)(1 << g_rand_int_range(rand, 0, 8));
		break;
	case 1:
		a->data[at] = (guint8)g_rand_int_range(rand, 0, 256);
		break;
	case 2:
		g_byte_array_remove_range(a, at, MIN(rest, cut));
		break;
	default:
		tail = g_memdup2(a->data + at, rest);
		g_byte_array_set_size(a, at);
		g_byte_array_append(a, (const guint8 *)token,
		    (guint)strlen(token));
		g_byte_array_append(a, tail, rest);
	}
}

static void
run_mutations(const GPtrArray *corpus)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(2026);
	g_autoptr(GByteArray) a = g_byte_array_new();
	int i, times;
	gsize len;

	for (i = 0; i < MUTATIONS; i++) {
		GBytes *seed = corpus->pdata[i % (int)corpus->len];
		const guint8 *bytes = g_bytes_get_data(seed, &len);

		g_byte_array_set_size(a, 0);
		g_byte_array_append(a, bytes, (guint)MIN(len, SIZE_MAX_BYTES));
		for (times = g_rand_int_range(rand, 1, 12); times > 0; times--)
			mutate(a, rand);
		LLVMFuzzerTestOneInput(a->data, a->len);
	}
}

int
main(int argc, char **argv)
{
	g_autofree char *program = g_path_get_basename(argv[0]);
	g_autoptr(GPtrArray) corpus = NULL;
	guint i;
	gsize len;

	corpus = read_corpus(program + strlen("fuzz_"));
	printf("1..2\n");
	if (corpus->len == 0) {
		printf("Bail out! no corpus for %s\n", program);
		return 1;
	}
	for (i = 0; i < corpus->len; i++) {
		const guint8 *bytes = g_bytes_get_data(corpus->pdata[i], &len);

		LLVMFuzzerTestOneInput(bytes, len);
	}
	printf("ok 1 - corpus of %u files\n", corpus->len);
	fflush(stdout);
	run_mutations(corpus);
	printf("ok 2 - %d mutations\n", MUTATIONS);
	return 0;
}
