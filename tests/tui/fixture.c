/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tests/tui/fixture.h"

#define PASSPHRASE FIXTURE_PASSPHRASE

struct store *
fixture_store(struct fixture *f)
{
	g_autoptr(GError) error = NULL;
	struct store *s = store_open(f->dir, f->key, STORE_SYNC, &error);

	if (!s)
		fail_msg("store_open: %s", error->message);
	return s;
}

static void
ingest(struct fixture *f, const char *bytes, size_t len)
{
	BASE_AUTO(store) s = fixture_store(f);
	g_autoptr(GError) error = NULL;
	BASE_AUTO(fhir_bundle) b = fhir_bundle_cut(bytes, len,
	    &fhir_limits_default, &error);
	g_autofree struct store_doc *docs = NULL;
	struct store_ingested out = { 0 };

	if (!b)
		fail_msg("fixture: %s", error->message);
	docs = g_new0(struct store_doc, b->entries->len);
	for (guint i = 0; i < b->entries->len; i++) {
		struct fhir_entry *e = &g_array_index(b->entries,
		    struct fhir_entry, i);

		docs[i] = (struct store_doc){ e->resource, e->resource_len };
	}
	assert_true(b->entries->len <= STORE_BATCH_MAX);
	if (!store_ingest(s, docs, b->entries->len, NULL, &out, &error))
		fail_msg("store_ingest: %s", error->message);
	assert_int_equal(out.refused, 0);
	store_ingested_clear(&out);
}

void
fixture_ingest_json(struct fixture *f, const char *json)
{
	ingest(f, json, strlen(json));
}

void
fixture_ingest(struct fixture *f, const char *name)
{
	g_autofree char *file = g_strdup_printf("tests/fixtures/tui/%s", name);
	g_autofree char *path = test_src(file);
	g_autofree char *text = NULL;
	gsize len;

	assert_true(g_file_get_contents(path, &text, &len, NULL));
	ingest(f, text, len);
}

void
fixture_section(struct fixture *f, const char *patient,
    enum chart_section section, enum section_state state)
{
	BASE_AUTO(store) s = fixture_store(f);
	struct patient_id p = store_patient_find(s, patient);

	assert_int_not_equal(p.n, 0);
	assert_true(store_section_set(s, p, section, state, NULL));
}

struct consult_id
fixture_consult(struct fixture *f, const char *id)
{
	BASE_AUTO(store) s = fixture_store(f);
	g_autofree char *ref = g_strconcat("Communication/", id, NULL);

	return store_consult_find(s, ref);
}

static void
who_i_am(struct fixture *f)
{
	static const char *const me[] = { "Practitioner/wu", NULL };
	static const int hours[4] = { 1, 2, 2, 24 };
	BASE_AUTO(store) s = fixture_store(f);

	assert_true(store_me_set(s, me, "吴科荣", "心内科", NULL));
	assert_true(store_policy_set(s, hours, NULL));
}

static void
loaded(struct fixture *f, const char *id)
{
	struct consult_id c = fixture_consult(f, id);
	BASE_AUTO(store) s = fixture_store(f);

	assert_true(store_consult_loaded(s, c, NULL));
}

static void
sections(struct fixture *f)
{
	for (int s = 0; s < CHART_SECTIONS_; s++) {
		fixture_section(f, "p1", (enum chart_section)s, SECTION_LOADED);
		fixture_section(f, "p3", (enum chart_section)s, SECTION_LOADED);
		fixture_section(f, "p4", (enum chart_section)s, SECTION_LOADED);
	}
	fixture_section(f, "p4", CHART_RESULTS, SECTION_REFUSED);
	loaded(f, "c1");
	loaded(f, "c4");
}

struct fixture *
fixture_new(void)
{
	struct fixture *f = g_new0(struct fixture, 1);

	f->shared = mmap(NULL, sizeof *f->shared, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(f->shared != MAP_FAILED);
	f->dir = g_dir_make_tmp("qn-tui-XXXXXX", NULL);
	assert_non_null(f->dir);
	f->key = vault_key_random();
	f->settings = base_settings_new();
	f->rows = 36;
	f->cols = 120;
	f->bell_fd = -1;
	who_i_am(f);
	fixture_ingest(f, "queue.json");
	sections(f);
	return f;
}

static void
dir_remove(const char *dir)
{
	g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(dir, name, NULL);

		g_unlink(path);
	}
	g_rmdir(dir);
}

void
fixture_free(struct fixture *f)
{
	if (f->bell)
		doorbell_free(f->bell);
	if (f->bell_fd >= 0)
		close(f->bell_fd);
	dir_remove(f->dir);
	munmap(f->shared, sizeof *f->shared);
	base_secret_free(f->key);
	base_settings_free(f->settings);
	g_free(f->dir);
	g_free(f);
}

/* ---- the screens -------------------------------------------------------- */

static struct base_secret *
key_copy(const struct fixture *f)
{
	struct base_secret *k = base_secret_new(base_secret_len(f->key));

	memcpy(base_secret_data(k), base_secret_data(f->key),
	    base_secret_len(f->key));
	return k;
}

static struct base_secret *
unlock(void *user, const struct base_secret *pass, GError **error)
{
	struct base_secret *p = (struct base_secret *)(uintptr_t)pass;

	if (base_secret_len(p) == strlen(PASSPHRASE) &&
	    !memcmp(base_secret_data(p), PASSPHRASE, strlen(PASSPHRASE)))
		return key_copy(user);
	g_set_error_literal(error, STORE_ERROR, STORE_ERROR_WRONG_PASSPHRASE,
	    "wrong passphrase");
	return NULL;
}

static gboolean
sync_start(void *user, const struct base_secret *key, GError **error)
{
	struct fixture *f = user;

	if (f->refuse_sync)
		g_set_error_literal(error, BASE_ERROR, BASE_ERROR_COMMAND,
		    "qingnang-sync: not found");
	return !f->refuse_sync;
}

static void
forget_key(void *user)
{
	((struct fixture *)user)->shared->forgotten++;
}

static gboolean
link_open(void *user, const char *url, GError **error)
{
	g_strlcpy(((struct fixture *)user)->shared->link, url,
	    sizeof ((struct fixture *)user)->shared->link);
	return TRUE;
}

static int
child(void *user)
{
	struct fixture *f = user;
	struct tui_options o = {
		.profile = "test",
		.state_dir = f->dir,
		.runtime_dir = f->dir,
		.settings = f->settings,
		.key = f->locked ? NULL : key_copy(f),
		.host = { .user = f, .unlock = unlock,
			.sync_start = sync_start, .link_open = link_open,
			.forget_key = forget_key },
		.practice = f->practice,
		.frame_mark = TRUE,
	};

	base_clock_ahead(&f->shared->ahead_ms);
	return tui_run(&o);
}

struct term *
fixture_term(struct fixture *f)
{
	struct term_options o = {
		.rows = f->rows, .cols = f->cols,
		.language = f->language, .term = f->term,
		.no_color = f->no_color, .job = f->job,
		.now_ms = FIXTURE_NOW_MS,
		.child = child, .user = f,
	};
	struct term *t;

	if (f->bell_fd < 0 && !f->deaf) {
		f->bell_fd = doorbell_listen(f->dir, NULL);
		assert_true(f->bell_fd >= 0);
	}
	t = term_new(&o);
	term_begin(t);
	term_sync(t); /* and its counts */
	return t;
}

static void
note_fetch(const struct doorbell_line *line, void *user)
{
	if (line->verb == BELL_FETCH)
		*(int64_t *)user = line->id;
}

void
fixture_answer(struct fixture *f, struct term *t)
{
	struct doorbell_line line = { .verb = BELL_ANSWER, .word = "ok" };

	while (!line.id) {
		struct pollfd p = { .fd = doorbell_fd(f->bell),
			.events = POLLIN };

		assert_int_equal(poll(&p, 1, 30000), 1);
		assert_true(doorbell_read(f->bell, note_fetch, &line.id));
	}
	assert_true(doorbell_send(f->bell, &line));
	term_sync(t);
}

void
fixture_ring(struct fixture *f, struct term *t, const char *line)
{
	struct pollfd p = { .fd = f->bell_fd, .events = POLLIN };
	struct doorbell_line parsed;

	if (!f->bell) {
		assert_int_equal(poll(&p, 1, 120000), 1);
		f->bell = doorbell_new(doorbell_accept(f->bell_fd));
		term_sync(t);
	}
	assert_true(doorbell_parse(line, strlen(line), &parsed));
	assert_true(doorbell_send(f->bell, &parsed));
	term_sync(t);
}
