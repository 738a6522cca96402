/* SPDX-License-Identifier: Apache-2.0 */
/* The doorbell's grammar both ways, its socket (same user, private, a dead one
 * taken over, a living one not), and that a flood cannot grow memory. */
#include "base/base.h"
#include "tests/tap.h"

#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const good[] = {
	"changed queue 0", "changed consult 12", "changed all 0",
	"state live 1772386200000 1772386200000", "state wrong-doctor 1 0",
	"progress charts 3 0", "fetching 7 1048576 0", "answer 7 ok", "answer 7 failed", "answer 7 refused", "bye",
	"fetch 2 Provenance?target=Observation/a-1 500",
	"hello screen", "hello command", "poke", "active 1", "active 0",
	"fetch 9 Binary/a-1.b 5000", "check 3 12 2000", "stay", "quit", "pull 1", "purge 2",
	"ended 2 0 15", "state disk-fails 1 0", "state cache-damaged 1 0",
	"changed queue 9223372036854775807",
};
static const char *const bad[] = {
	"", " ", "changed", "changed queue", "changed queue ", "changed queue -1",
	"changed queue 1 2", "changed  queue 1", "changed dog 1",
	"changed queue 9223372036854775808", "changed queue 99999999999999999999",
	"state live 1", "state dead 1 1", "active 2", "active", "poke ", " poke",
	"POKE", "poke x", "hello", "hello you", "answer 1 maybe",
	"fetch 1 Binary 5", "fetch 1 Binary/ 5", "fetch 1 Binary/a/b 5",
	"fetch 1 ../../x 5", "fetch 1 Provenance?target= 5",
	"fetch 1 Provenance?target=x 5", "fetch 1 Task?target=Task/1 5",
	"fetch 1 Provenance?target=Provenance?target=Task/1 5", "fetch 1 Binary/a", "changed queue 1\t", "pull", "check 3 12", "check 3 x 1", "purge x", "ended 1 0",
	"fetching 7 1", "fetching x 1 2", "fetching 7 -1 2",
};

static void
test_grammar(void **state)
{
	struct doorbell_line line;
	char buf[512];
	size_t i, len;

	for (i = 0; i < G_N_ELEMENTS(good); i++) {
		assert_true(doorbell_parse(good[i], strlen(good[i]), &line));
		len = doorbell_format(&line, buf, sizeof(buf));
		assert_int_equal(len, strlen(good[i]) + 1);
		assert_memory_equal(buf, good[i], len - 1);
		assert_int_equal(buf[len - 1], '\n');
	}
	for (i = 0; i < G_N_ELEMENTS(bad); i++) {
		assert_false(doorbell_parse(bad[i], strlen(bad[i]), &line));
		assert_int_equal(line.verb, BELL_UNKNOWN);
	}
	assert_false(doorbell_parse("poke\0", 5, &line));
}

static void
count_line(const struct doorbell_line *line, void *user)
{
	int *counts = user;

	counts[line->verb]++;
	if (line->verb == BELL_CHANGED && line->kind == BELL_KIND_ALL)
		counts[BELL_UNKNOWN]++;
}

static void
test_socket(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("qn-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "doorbell", NULL);
	g_autoptr(GError) error = NULL;
	struct stat st;
	int fd, second, client, server;

	assert_int_equal(doorbell_connect(dir, &error), -1);
	assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_DOORBELL));
	g_clear_error(&error);
	fd = doorbell_listen(dir, &error);
	assert_true(fd >= 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(doorbell_accept(fd), -1);
	client = doorbell_connect(dir, NULL);
	server = doorbell_accept(fd);
	assert_true(client >= 0 && server >= 0);
	second = doorbell_listen(dir, &error); /* one lives there */
	assert_int_equal(second, -1);
	assert_non_null(error);
	close(client);
	close(server);
	close(fd); /* dies without unlinking */
	fd = doorbell_listen(dir, NULL);
	assert_true(fd >= 0);
	client = doorbell_connect(dir, NULL);
	assert_true(client >= 0);
	close(client);
	close(fd);
	g_unlink(path);
	g_rmdir(dir);
}

/* Who watches is told of a new one when it can be connected to, and of nothing
 * else. */
static void
test_watch(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("qn-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "doorbell", NULL);
	g_autofree char *other = g_build_filename(dir, "draft", NULL);
	g_autofree char *renamed = g_build_filename(dir, "draft.old", NULL);
	int watch = doorbell_watch(dir);

	assert_true(watch >= 0);
	assert_false(doorbell_hung(watch));
	for (int i = 0; i < 2; i++) {
		int fd = doorbell_listen(dir, NULL), client;
		assert_true(fd >= 0);
		assert_true(doorbell_hung(watch));
		assert_false(doorbell_hung(watch));
		client = doorbell_connect(dir, NULL);
		assert_true(client >= 0);
		close(client);
		close(fd); /* the file stays, and nobody is there */
		assert_false(doorbell_hung(watch));
	}
	assert_true(g_file_set_contents(other, "x", 1, NULL));
	assert_int_equal(g_rename(other, renamed), 0);
	assert_false(doorbell_hung(watch));
	close(watch);
	g_unlink(path);
	g_unlink(renamed);
	g_rmdir(dir);
	assert_int_equal(doorbell_watch(dir), -1);
}

static void
test_open_directory_refused(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("qn-XXXXXX", NULL);

	g_chmod(dir, 0755);
	assert_int_equal(doorbell_listen(dir, NULL), -1);
	g_rmdir(dir);
}

static void
test_long_path(void **state)
{
	g_autofree char *top = g_dir_make_tmp("qn-XXXXXX", NULL);
	g_autofree char *name = g_strnfill(200, 'd');
	g_autofree char *dir = g_build_filename(top, name, NULL);
	g_autofree char *path = g_build_filename(dir, "doorbell", NULL);
	int fd, client;

	g_mkdir(dir, 0700);
	fd = doorbell_listen(dir, NULL);
	client = doorbell_connect(dir, NULL);
	assert_true(fd >= 0 && client >= 0);
	close(client);
	close(fd);
	g_unlink(path);
	g_rmdir(dir);
	g_rmdir(top);
}

static void
make_pair(int ends[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0, ends), 0);
}

static void
test_pieces(void **state)
{
	static const char text[] = "poke\nchan" "ged queue 3\nnonsense\n";
	g_autofree char *junk = g_strnfill(3000, 'x');
	int counts[BELL_UNKNOWN + 1] = { 0 };
	int ends[2];
	size_t i;

	make_pair(ends);
	BASE_AUTO(doorbell) d = doorbell_new(ends[0]);

	for (i = 0; i < strlen(text); i++) {
		assert_int_equal(write(ends[1], text + i, 1), 1);
		assert_true(doorbell_read(d, count_line, counts));
	}
	assert_int_equal(counts[BELL_POKE], 1);
	assert_int_equal(counts[BELL_CHANGED], 1);
	/* A line that is too long goes, the next one is read. */
	assert_int_equal(write(ends[1], junk, 3000), 3000);
	assert_int_equal(write(ends[1], "poke\npoke\n", 10), 10);
	close(ends[1]);
	assert_false(doorbell_read(d, count_line, counts));
	assert_int_equal(counts[BELL_POKE], 2);
}

static void
test_slow_reader(void **state)
{
	struct doorbell_line line = { .verb = BELL_CHANGED,
		.kind = BELL_KIND_CONSULT };
	int counts[BELL_UNKNOWN + 1] = { 0 };
	gboolean refused = FALSE;
	int ends[2], i;

	make_pair(ends);
	BASE_AUTO(doorbell) a = doorbell_new(ends[0]);
	BASE_AUTO(doorbell) b = doorbell_new(ends[1]);

	for (line.id = 1; line.id < 100000; line.id++)
		refused |= !doorbell_send(a, &line);
	assert_true(refused);
	assert_true(doorbell_pending(a));
	for (i = 0; i < 1000 && doorbell_pending(a); i++) {
		doorbell_read(b, count_line, counts);
		assert_true(doorbell_flush(a));
	}
	while (doorbell_read(b, count_line, counts) && i++ < 3000)
		;
	/* What was lost is made up for by one "changed all". */
	assert_true(counts[BELL_CHANGED] < 99999);
	assert_int_equal(counts[BELL_UNKNOWN], 1);
}

static void
test_peer_gone(void **state)
{
	struct doorbell_line line = { .verb = BELL_POKE };
	int ends[2];

	make_pair(ends);
	BASE_AUTO(doorbell) d = doorbell_new(ends[0]);

	close(ends[1]);
	assert_false(doorbell_send(d, &line)); /* and no SIGPIPE */
	assert_false(doorbell_pending(d));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grammar),
		cmocka_unit_test(test_socket),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_open_directory_refused),
		cmocka_unit_test(test_long_path),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_peer_gone),
	};

	return cmocka_run_group_tests_name("doorbell", tests, NULL, NULL);
}
