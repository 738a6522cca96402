/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves of the built qingnang-picture: PNG, JPEG (also progressive, and upright
 * as EXIF says), GIF and WebP come out in colour, in 16 colours and without any,
 * the right side up; of a moving one the first picture, and it is said; a bomb,
 * 20,000 by 20,000, a head that lies, one that is cut anywhere and bytes that are
 * no picture end in a word, with bounded memory and time (rusage). And of its
 * cage: no file, no socket, no program, no memory that runs.
 */
#include "config.h"

#include "tests/tap.h"
#include "tests/picture/make.h"
#include "picture/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COLS = 40, ROWS = 20 };

#ifdef __SANITIZE_ADDRESS__
enum { MEMORY_MAX_KB = 2000000, CPU_MAX_S = 60 };
#else
enum { MEMORY_MAX_KB = 400000, CPU_MAX_S = 6 };
#endif

/* ---- running it --------------------------------------------------------- */

static void
become(int in, int out, const char *depth)
{
	g_autofree char *program = test_program("qingnang-picture");

	/* The leak checker traces, and nobody traces what is not dumpable;
	 * tests/fuzz/picture_decode is watched for leaks. */
	g_setenv("ASAN_OPTIONS", "detect_leaks=0", TRUE);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execl(program, program, "40", "20", depth, (char *)NULL);
	_exit(127);
}

static void
bounded(pid_t pid)
{
	struct rusage used;
	int status;

	assert_int_equal(wait4(pid, &status, 0, &used), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	if (used.ru_maxrss > MEMORY_MAX_KB || used.ru_utime.tv_sec > CPU_MAX_S)
		fail_msg("%ld KB, %ld s", used.ru_maxrss,
		    (long)used.ru_utime.tv_sec);
	print_message("# %ld KB, %ld ms\n", used.ru_maxrss,
	    (long)(used.ru_utime.tv_sec * 1000 + used.ru_utime.tv_usec / 1000));
}

static struct picture *
show(const GByteArray *bytes, enum picture_depth depth)
{
	int in = memfd_create("in", 0), ends[2];
	g_autoptr(GByteArray) all = g_byte_array_new();
	struct picture *p;
	guint8 block[4096];
	ssize_t n;
	pid_t pid;

	assert_int_equal(write(in, bytes->data, bytes->len), bytes->len);
	lseek(in, 0, SEEK_SET);
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0)
		become(in, ends[1], picture_depth_word(depth));
	close(ends[1]);
	close(in);
	while ((n = read(ends[0], block, sizeof block)) > 0)
		g_byte_array_append(all, block, (guint)n);
	close(ends[0]);
	bounded(pid);
	p = picture_parse(all->data, all->len, COLS, ROWS, depth);
	assert_non_null(p);
	return p;
}

static void
ends_in(GByteArray *bytes, enum picture_end end)
{
	BASE_AUTO(picture) p = show(bytes, PICTURE_256);

	assert_int_equal(p->end, end);
	g_byte_array_unref(bytes);
}

/* ---- what comes out ----------------------------------------------------- */

/* Shares of red, green, blue of what a cell shows, roughly. */
static void
seen(const struct picture *p, int x, int y, int out[3])
{
	const struct picture_cell *cell = &p->cells[y * p->cols + x];
	int n = cell->c == 0x2588 ? cell->fg : cell->bg;

	assert_true(n >= 16);
	for (int i = 0; i < 3; i++)
		out[i] = n >= 232 ? 8 + (n - 232) * 10 :
		    (n - 16) / (i == 0 ? 36 : i == 1 ? 6 : 1) % 6 * 51;
}

static void
assert_is(const struct picture *p, int x, int y, char what)
{
	int c[3];
	gboolean ok;

	seen(p, x, y, c);
	ok = what == 'w' ? c[0] > 200 && c[1] > 200 && c[2] > 200 :
	    what == 'r' ? c[0] > c[2] && c[1] < 80 : c[2] > 200 && c[0] < 200;
	if (!ok)
		fail_msg("(%d, %d) is %d %d %d, not %c", x, y, c[0], c[1], c[2],
		    what);
}

static void
looks_right(GByteArray *bytes, enum picture_kind kind, gboolean moves)
{
	BASE_AUTO(picture) p = show(bytes, PICTURE_256);

	assert_int_equal(p->end, PICTURE_OK);
	assert_int_equal(p->kind, kind);
	assert_int_equal(p->moves, moves);
	assert_false(p->broken);
	assert_int_equal(p->width_px, 160);
	assert_int_equal(p->height_px, 120);
	assert_true(p->cols > 20 && p->rows > 10);
	assert_is(p, 2, 1, 'w');
	assert_is(p, p->cols - 3, 1, 'w');
	assert_is(p, 2, p->rows - 2, 'r');
	assert_is(p, p->cols - 3, p->rows - 2, 'b');
	g_byte_array_unref(bytes);
}

static void
every_kind(void **state)
{
	looks_right(make_png(160, 120), PICTURE_PNG, FALSE);
	looks_right(make_jpeg(160, 120, 0, FALSE), PICTURE_JPEG, FALSE);
	looks_right(make_jpeg(160, 120, 1, TRUE), PICTURE_JPEG, FALSE);
	looks_right(make_gif(160, 120, 1), PICTURE_GIF, FALSE);
	looks_right(make_gif(160, 120, 3), PICTURE_GIF, TRUE);
	looks_right(make_webp(160, 120), PICTURE_WEBP, FALSE);
}

/* Where the white stripe is, when a camera was held so. */
static void
upright(void **state)
{
	static const struct { int orientation; gboolean lies; int x, y; }
	all[] = { { 1, FALSE, 0, -1 }, { 2, FALSE, 0, -1 }, { 3, FALSE, 0, 1 },
		{ 4, FALSE, 0, 1 }, { 5, TRUE, -1, 0 }, { 6, TRUE, 1, 0 },
		{ 7, TRUE, 1, 0 }, { 8, TRUE, -1, 0 } };

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		g_autoptr(GByteArray) bytes = make_jpeg(160, 120,
		    all[i].orientation, FALSE);
		BASE_AUTO(picture) p = show(bytes, PICTURE_256);
		int x = p->cols / 2 + all[i].x * (p->cols / 2 - 2);
		int y = p->rows / 2 + all[i].y * (p->rows / 2 - 1);

		assert_int_equal(p->width_px, all[i].lies ? 120 : 160);
		assert_is(p, CLAMP(x, 1, p->cols - 2), CLAMP(y, 1, p->rows -
		    2), 'w');
	}
}

static void
fewer_colours(void **state)
{
	g_autoptr(GByteArray) bytes = make_png(160, 120);

	for (int d = PICTURE_16; d <= PICTURE_MONO_LIGHT; d++) {
		BASE_AUTO(picture) p = show(bytes, (enum picture_depth)d);
		int marks = 0;

		assert_int_equal(p->end, PICTURE_OK);
		for (int i = 0; i < p->cols * p->rows; i++)
			marks += p->cells[i].c != ' ' || p->cells[i].bg >= 0;
		assert_true(marks > 20);
	}
}

/* ---- what is not as it should be ---------------------------------------- */

static void
bombs(void **state)
{
	GByteArray *lie = make_png(160, 120);

	ends_in(make_png_bomb(20000, 20000), PICTURE_TOO_LARGE);
	/* As large as may be: taken, and bounded. */
	ends_in(make_png_bomb(8000, 8000), PICTURE_OK);
	ends_in(make_png_bomb(30001, 1), PICTURE_TOO_LARGE);
	make_png_lie(lie, 7000, 7000);
	ends_in(lie, PICTURE_DAMAGED);
	lie = make_png(160, 120);
	make_png_lie(lie, 0x7fffffff, 0x7fffffff);
	ends_in(lie, PICTURE_DAMAGED); /* libpng's own bound */
	lie = make_png(160, 120);
	make_png_lie(lie, 0, 5);
	ends_in(lie, PICTURE_DAMAGED);
}

static void
large_jpeg(void **state)
{
	GByteArray *lie = make_jpeg(160, 120, 0, FALSE);

	/* A telephone's 48 million pixels, made smaller on the way. */
	ends_in(make_jpeg(8000, 6000, 6, FALSE), PICTURE_OK);
	for (guint i = 0; i + 9 < lie->len; i++)
		if (lie->data[i] == 0xff && lie->data[i + 1] == 0xc0) {
			memset(lie->data + i + 5, 0x75, 4);
			break;
		}
	ends_in(lie, PICTURE_TOO_LARGE);
}

static void
cut_anywhere(void **state)
{
	GByteArray *all[] = { make_png(160, 120), make_jpeg(160, 120, 6, TRUE),
		make_gif(160, 120, 2), make_webp(160, 120) };

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		for (int part = 1; part < 8; part++) {
			g_autoptr(GByteArray) some = g_byte_array_new();
			g_byte_array_append(some, all[i]->data, all[i]->len *
			    (guint)part / 8);
			BASE_AUTO(picture) p = show(some, PICTURE_256);

			/* Whole, or said that it is not. */
			assert_true(p->end != PICTURE_OK || p->broken ||
			    p->moves || i == 2);
		}
		g_byte_array_unref(all[i]);
	}
}

static void
no_picture(void **state)
{
	static const char *const texts[] = { "", "GIF89a", "\x89PNG\r\n\x1a\n",
		"\xff\xd8\xff", "RIFF....WEBP", "%PDF-1.4 ...", "hello",
		"<svg xmlns='http://www.w3.org/2000/svg'/>" };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();
		g_byte_array_append(bytes, (const guint8 *)texts[i],
		    (guint)strlen(texts[i]));
		BASE_AUTO(picture) p = show(bytes, PICTURE_256);

		assert_true(p->end == PICTURE_UNKNOWN ||
		    p->end == PICTURE_DAMAGED);
	}
}

/* ---- the cage ----------------------------------------------------------- */

#ifndef __SANITIZE_ADDRESS__

static void
do_open(void)
{
	open("/etc/passwd", O_RDONLY);
}

static void
do_socket(void)
{
	socket(AF_UNIX, SOCK_STREAM, 0);
}

static void
do_fork(void)
{
	fork();
}

static void
do_exec(void)
{
	execl("/bin/true", "true", (char *)NULL);
}

static void
do_run_memory(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
	    0);
}

static void
do_kill(void)
{
	kill(getppid(), 0);
}

static void
cage(void **state)
{
	static void (*const deeds[])(void) = { do_open, do_socket, do_fork,
		do_exec, do_run_memory, do_kill };

	for (size_t i = 0; i < G_N_ELEMENTS(deeds); i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			if (!picture_cage())
				_exit(2);
			deeds[i]();
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
}

#else

/* The sanitizer runs without the filter; the limits hold. */
static void
cage(void **state)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(picture_cage() && open("/etc/passwd", O_RDONLY) < 0 &&
		    errno == EMFILE ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind), cmocka_unit_test(upright),
		cmocka_unit_test(fewer_colours), cmocka_unit_test(bombs),
		cmocka_unit_test(large_jpeg), cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(no_picture), cmocka_unit_test(cage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
