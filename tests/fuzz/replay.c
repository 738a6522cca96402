/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main of a fuzz target where libFuzzer is not (QN_FUZZER, see ./dev fuzz):
 * it replays the target's corpus (tests/fuzz/corpus/NAME, NAME being the
 * program's) and then thousands of mutations of it, the same ones at every run.
 */
#include "tests/fuzz/fuzz.h"

#ifndef QN_FUZZER
#include <glib.h>
#include <stdio.h>
#include <string.h>

enum { MUTATIONS = 200000, SIZE_MAX_BYTES = 1 << 16 };

static void
run_one(const GByteArray *input)
{
	/* A copy of exact size, so that ASan sees one byte too far. */
	g_autofree uint8_t *copy = g_malloc(input->len + !input->len);

	if (input->len > 0)
		memcpy(copy, input->data, input->len);
	LLVMFuzzerTestOneInput(copy, input->len);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *
load_corpus(const char *name)
{
	const char *src = g_getenv("QN_TEST_SRCDIR");
	g_autofree char *path = g_build_filename(src ? src : ".", "tests",
	    "fuzz", "corpus", name, NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *corpus = g_ptr_array_new_with_free_func(
	    (GDestroyNotify)g_byte_array_unref);
	const char *file;

	while (dir && (file = g_dir_read_name(dir)))
		g_ptr_array_add(files, g_build_filename(path, file, NULL));
	g_ptr_array_sort(files, by_name);
	for (guint i = 0; i < files->len; i++) {
		char *bytes;
		gsize len;

		if (g_file_get_contents(files->pdata[i], &bytes, &len, NULL))
			g_ptr_array_add(corpus, g_byte_array_new_take(
			    (guint8 *)bytes, len));
	}
	return corpus;
}

static guint
at_random(GRand *rand, guint n)
{
	return n == 0 ? 0 : g_rand_int(rand) % n;
}

static void
mutate_bit(GRand *rand, GByteArray *b, const GByteArray *other)
{
	if (b->len > 0)
		b->data[at_random(rand, b->len)] ^=
		    (guint8)(1 << at_random(rand, 8));
}

static void
mutate_byte(GRand *rand, GByteArray *b, const GByteArray *other)
{
	static const guint8 telling[] = { 0, '"', '\\', '{', '}', '[', ']', ',',
		':', '-', '.', 'e', 'u', 0x1b, 0x7f, 0x80, 0xc0, 0xed, 0xf4,
		0xff, '\n', '0', '9' };

	if (b->len > 0)
		b->data[at_random(rand, b->len)] =
		    telling[at_random(rand, sizeof(telling))];
}

static void
mutate_drop(GRand *rand, GByteArray *b, const GByteArray *other)
{
	guint at = at_random(rand, b->len);

	if (b->len > 0)
		g_byte_array_remove_range(b, at, 1 + at_random(rand,
		    MIN(b->len - at, 16)));
}

static void
mutate_cut(GRand *rand, GByteArray *b, const GByteArray *other)
{
	g_byte_array_set_size(b, at_random(rand, b->len + 1));
}

/* A piece of another input goes in somewhere. */
static void
mutate_splice(GRand *rand, GByteArray *b, const GByteArray *other)
{
	guint from = at_random(rand, other->len);
	guint n = at_random(rand, MIN(other->len - from, 64) + 1);
	guint at = at_random(rand, b->len + 1), tail = b->len - at;

	g_byte_array_set_size(b, b->len + n);
	memmove(b->data + at + n, b->data + at, tail);
	memcpy(b->data + at, other->data + from, n);
}

static void (*const mutations[])(GRand *, GByteArray *, const GByteArray *) = {
	mutate_bit, mutate_byte, mutate_byte, mutate_drop, mutate_cut,
	mutate_splice, mutate_splice,
};

static void
run_mutation(GRand *rand, const GPtrArray *corpus)
{
	const GByteArray *base = corpus->pdata[at_random(rand, corpus->len)];
	const GByteArray *other = corpus->pdata[at_random(rand, corpus->len)];
	g_autoptr(GByteArray) b = g_byte_array_new();
	guint n = 1 + at_random(rand, 4);

	g_byte_array_append(b, base->data, base->len);
	while (n-- > 0 && b->len < SIZE_MAX_BYTES)
		mutations[at_random(rand, G_N_ELEMENTS(mutations))](rand, b,
		    other);
	run_one(b);
}

int
main(int argc, char **argv)
{
	g_autofree char *name = g_path_get_basename(argv[0]);
	g_autoptr(GPtrArray) corpus = load_corpus(name);
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..2\n%sok 1 - %s: corpus of %u\n", corpus->len ? "" : "not ",
	    name, corpus->len);
	if (corpus->len == 0)
		return 1;
	for (guint i = 0; i < corpus->len; i++)
		run_one(corpus->pdata[i]);
	for (int i = 0; i < MUTATIONS; i++)
		run_mutation(rand, corpus);
	printf("ok 2 - %s: %d mutations\n", name, MUTATIONS);
	return 0;
}
#endif
