/* SPDX-License-Identifier: Apache-2.0 */
/* Proves: parts of the index that are made, made into one, interrupted and
 * cleared of what is gone give at every step what the texts themselves give, the
 * newest first; the bytes of a part are read as written, and damaged ones are
 * refused; nothing of the index stands in the file in the clear. */
#include "tests/store/kit.h"
#include "store/rx.h"
#include "store/search_room.h"

#include <string.h>

/* ---- what should be found ------------------------------------------------ */

enum { MESSAGES = 900, ASKED = 12, SLICE = 20 };
struct said { char *text; int minutes; int version; gboolean gone; };

static const char *const syllables[] = { "血", "压", "壓", "高", "痛", "头",
	" ", ",", "药", "ab", "abc", "abcd", "x", "15", "158", "5mg" };

static char *
make_text(GRand *rand, int max)
{
	GString *out = g_string_new(NULL);
	int n = g_rand_int_range(rand, 1, max);

	while (n--)
		g_string_append(out, syllables[g_rand_int_range(rand, 0,
		    G_N_ELEMENTS(syllables))]);
	return g_string_free(out, FALSE);
}

static void
say(struct store *store, struct said *all, int i)
{
	struct said *s = &all[i];

	s->version++;
	kit_put(store, "{'resourceType':'Communication','id':'m%d','meta':"
	    "{'versionId':'%d','lastUpdated':'%s'},'status':'completed',"
	    "'partOf':[{'reference':'Communication/h1'}],'sender':"
	    "{'reference':'Patient/p1'},'sent':'%s','payload':[{"
	    "'contentString':'%s'}]}", i, s->version, kit_time(s->version -
	    5000), kit_time(s->minutes), s->text);
}

static int
newest_first(const void *a, const void *b)
{
	const struct said *x = *(void *const *)a, *y = *(void *const *)b;

	return y->minutes - x->minutes;
}

/* By the texts alone, each time in the order of times. */
static GPtrArray *
expected(struct said *all, const GPtrArray *terms)
{
	GPtrArray *out = g_ptr_array_new();
	struct search_text t = { 0 };
	size_t from, to;

	for (int i = 0; i < MESSAGES; i++) {
		gboolean holds = all[i].text && !all[i].gone;

		if (holds)
			search_text_set(&t, all[i].text, strlen(all[i].text));
		for (guint k = 0; holds && k < terms->len; k++)
			holds = search_text_find(&t, terms->pdata[k], &from,
			    &to);
		if (holds)
			g_ptr_array_add(out, &all[i]);
	}
	search_text_clear(&t);
	g_ptr_array_sort(out, newest_first);
	return out;
}

static int
check_one(struct store *store, struct said *all, const char *text)
{
	struct search_fault fault;
	BASE_AUTO(search_query) query = search_query_parse(text, &fault);
	g_autoptr(GPtrArray) clauses = search_clauses_new();
	g_autoptr(GPtrArray) want = NULL;
	BASE_AUTO(search_page) page = NULL;

	if (!query)
		return 0;
	search_clauses_of_terms(clauses, query->terms, 0);
	if (clauses->len == 0)
		return 0;
	want = expected(all, query->terms);
	page = store_search(store, query, 50, 60000, NULL);
	assert_non_null(page);
	if (page->n != MIN(want->len, 50))
		print_error("“%s”: %d, not %d\n", text, (int)page->n,
		    (int)want->len);
	assert_int_equal(page->n, MIN(want->len, 50));
	for (guint i = 0; i < page->n; i++) {
		struct said *s = want->pdata[i];
		g_autofree char *ref = g_strdup_printf("Communication/m%d",
		    (int)(s - all));

		assert_string_equal(page->hits[i].ref, ref);
	}
	return (int)page->n;
}

static int
check_all(struct store *store, struct said *all, GRand *rand)
{
	int hits = 0;

	for (int i = 0; i < ASKED; i++) {
		g_autofree char *text = make_text(rand, 4);

		hits += check_one(store, all, text);
	}
	return hits;
}

static int64_t
parts(struct store *store)
{
	return kit_sql(store, "SELECT count(*) FROM search_part WHERE docs>0");
}

static void
index_some(struct store *store, int slices)
{
	g_autoptr(GError) error = NULL;
	int64_t left = 1;

	while (left && slices-- != 0)
		assert_true(store_search_index(store, SLICE, &left, &error));
	assert_null(error);
}

/* Each message at a minute of its own, in no order. */
static struct said *
begin(struct store *store, GRand *rand)
{
	struct said *all = g_new0(struct said, MESSAGES);

	kit_me(store);
	kit_patient(store, "p1", "zz");
	kit_header(store, "h1", "p1", "in-progress", "routine", "zz", 1);
	for (int i = 0; i < MESSAGES; i++)
		all[i].minutes = -(int)((i * 7919 + 13) % 10007);
	(void)rand;
	return all;
}

static void
end(struct said *all)
{
	for (int i = 0; i < MESSAGES; i++)
		g_free(all[i].text);
	g_free(all);
}

/* A message more, another text, or one gone. */
static void
change(struct store *store, struct said *all, int *n, GRand *rand)
{
	int what = g_rand_int_range(rand, 0, 10), i;
	g_autofree char *id = NULL;

	if (*n < MESSAGES && (what < 7 || *n < 10)) {
		all[*n].text = make_text(rand, 12);
		say(store, all, (*n)++);
		return;
	}
	i = g_rand_int_range(rand, 0, *n);
	if (all[i].gone)
		return;
	if (what < 9) {
		g_free(all[i].text);
		all[i].text = make_text(rand, 12);
		say(store, all, i);
		return;
	}
	id = g_strdup_printf("m%d", i);
	assert_true(store_gone(store, "Communication", id, NULL));
	all[i].gone = TRUE;
}

static void
as_the_texts(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GRand) rand = g_rand_new_with_seed(20);
	struct said *all = begin(kit->store, rand);
	int n = 0, hits = 0;
	int64_t most = 0;

	for (int i = 0; n < MESSAGES; i++) {
		change(kit->store, all, &n, rand);
		if (i % 40 != 39)
			continue;
		index_some(kit->store, 4);
		if (kit_sql(kit->store, "SELECT max(n) FROM resource") ==
		    kit_sql(kit->store, "SELECT value FROM meta"
		    " WHERE key='search.at'"))
			hits += check_all(kit->store, all, rand);
		most = MAX(most, parts(kit->store));
	}
	index_some(kit->store, -1);
	assert_true(check_all(kit->store, all, rand) + hits > 300);
	/* they were made into one, and nothing half made is left */
	assert_true(most > 4 && parts(kit->store) < most + 8);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM search_part"
	    " WHERE docs=0"), 0);
	/* what is gone leaves */
	assert_true(search_clean(kit->store, NULL));
	assert_int_equal(kit_sql(kit->store, "SELECT sum(docs)"
	    " FROM search_part"), kit_sql(kit->store, "SELECT count(*)"
	    " FROM message") + 2 /* the topic, a name */);
	check_all(kit->store, all, rand);
	end(all);
}

/* The program ends while parts are made into one: no search sees it, and the
 * next program removes what was half made. */
static void
interrupted(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GRand) rand = g_rand_new_with_seed(21);
	struct said *all = begin(kit->store, rand);
	int n = 0, ends = 0;

	while (n < MESSAGES)
		change(kit->store, all, &n, rand);
	for (int64_t left = 1; left;) {
		assert_true(store_search_index(kit->store, 2, &left, NULL));
		if (!kit->store->merge || ends >= 5)
			continue;
		ends++;
		store_close(kit->store);
		kit_open(kit, STORE_SYNC);
	}
	assert_int_equal(ends, 5);
	assert_true(check_all(kit->store, all, rand) > 20);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM search_part"
	    " WHERE docs=0"), 0);
	assert_int_equal(kit_sql(kit->store, "SELECT count(DISTINCT p)"
	    " FROM search_block"), parts(kit->store));
	end(all);
}

/* ---- bytes --------------------------------------------------------------- */

static void
bytes(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(5);
	static uint16_t in[SEARCH_PART_MAX], out[SEARCH_PART_MAX];
	uint64_t bits[SEARCH_PART_MAX / 64];
	size_t n, got;

	(void)state;
	for (int round = 0; round < 300; round++) {
		size_t docs = (size_t)g_rand_int_range(rand, 1,
		    SEARCH_PART_MAX + 1);
		int one_in = 1 << g_rand_int_range(rand, 0, 14);
		g_autoptr(GByteArray) post = g_byte_array_new();

		n = 0;
		for (size_t i = 0; i < docs; i++)
			if (g_rand_int_range(rand, 0, one_in) == 0)
				in[n++] = (uint16_t)i;
		search_post_write(post, in, n, docs);
		assert_true(post->len <= 1 + (docs + 7) / 8);
		assert_true(search_post_list(post->data, post->len, docs, out,
		    &got));
		assert_int_equal(got, n);
		assert_memory_equal(in, out, n * sizeof *in);
		memset(bits, 0, sizeof bits);
		assert_true(search_post_bits(post->data, post->len, docs,
		    bits));
		for (size_t i = 0; i < n; i++)
			assert_true(bits[in[i] / 64] >> in[i] % 64 & 1);
		/* of a part that is smaller it is damaged */
		if (n && in[n - 1] > 0)
			assert_false(search_post_list(post->data, post->len,
			    in[n - 1], out, &got));
	}
}

static void
values_in_order(void **state)
{
	static const double values[] = { -1e300, -120.5, -1, -0.001, 0, 1e-9,
		0.1, 0.5, 1, 4.1, 4.2, 9.99, 10, 120, 120.5, 6e5, 1e300 };
	char last[SEARCH_VALUE_BYTES + 1] = "", now[SEARCH_VALUE_BYTES + 1];

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		search_value_token(values[i], now);
		assert_int_equal(strlen(now), SEARCH_VALUE_BYTES);
		assert_true(strcmp(last, now) < 0);
		memcpy(last, now, sizeof now);
	}
	search_value_token(0.0, last);
	search_value_token(-0.0, now);
	assert_string_equal(last, now);
}

/* A flipped byte in a block is found, or hits are missed: no hit is invented, no
 * byte outside is read (./dev asan). */
static void
damaged(void **state)
{
	struct kit *kit = *state;
	g_autoptr(GRand) rand = g_rand_new_with_seed(22);
	struct said *all = begin(kit->store, rand);
	struct search_fault fault;
	int n = 0, refused = 0;

	while (n < 60)
		change(kit->store, all, &n, rand);
	index_some(kit->store, -1);
	for (int i = 0; i < 200; i++) {
		BASE_AUTO(search_query) q = search_query_parse("血", &fault);
		BASE_AUTO(search_page) page = NULL;

		kit_exec(kit->store, "CREATE TEMP TABLE kept AS SELECT *"
		    " FROM search_block");
		assert_true(db_run(kit->store, NULL, "UPDATE search_block SET"
		    " bytes=CAST(substr(bytes, 1, ?1) || x'ff' || substr(bytes,"
		    " ?1 + 2) AS BLOB)", "i", (int64_t)g_rand_int_range(rand,
		    0, 2000)));
		page = store_search(kit->store, q, 50, 60000, NULL);
		refused += page == NULL;
		for (size_t k = 0; page && k < page->n; k++)
			assert_non_null(strstr(page->hits[k].line, "血"));
		kit_exec(kit->store, "DELETE FROM search_block; INSERT INTO"
		    " search_block SELECT * FROM kept; DROP TABLE kept");
	}
	assert_true(refused > 0);
	end(all);
}

/* ---- in the vault -------------------------------------------------------- */

static gboolean
file_has(const char *path, const char *words)
{
	g_autofree char *text = NULL;
	gboolean has = FALSE;
	gsize len = 0, n = strlen(words);

	g_file_get_contents(path, &text, &len, NULL);
	for (gsize i = 0; i + n <= len && !has; i++)
		has = memcmp(text + i, words, n) == 0;
	return has;
}

/* Texts, tokens, names and their pinyin: in the tables, and in no file. */
static void
is_noise(void **state)
{
	static const char *const words[] = { "胀痛难忍", "胀痛", "痛难", "银兰",
		"zhangyinlan", "amlodipine", "\002aml", "MRN-00917" };
	struct kit *kit = *state;
	GDir *dir;
	const char *name;

	kit_me(kit->store);
	kit_patient(kit->store, "p1", "张银兰");
	kit_header(kit->store, "h1", "p1", "in-progress", "routine", "zz", 1);
	kit_message(kit->store, "m1", "h1", "Patient/p1", "Practitioner/me", -5,
	    "胀痛难忍 amlodipine MRN-00917");
	index_some(kit->store, -1);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM search_block"
	    " WHERE instr(bytes, CAST('胀痛' AS BLOB))"), 1);
	assert_int_equal(kit_sql(kit->store, "SELECT count(*) FROM name_word"
	    " WHERE word='zhangyinlan'"), 1);
	dir = g_dir_open(kit->dir, 0, NULL);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(kit->dir, name, NULL);

		for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
			assert_false(file_has(path, words[i]));
	}
	g_dir_close(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		KIT_TEST(as_the_texts), KIT_TEST(interrupted),
		KIT_TEST(damaged), KIT_TEST(is_noise),
		cmocka_unit_test(bytes), cmocka_unit_test(values_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
