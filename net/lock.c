/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "net/error.h"
#include "net/lock.h"

enum { HANDOVER_MS = 10000, HANDOVER_STEP_MS = 10, TEXT_BYTES = 48 };

/*
 * Beside the lock itself (flock) there are two of single bytes far behind the
 * text (open file description locks). Who has the turn may try for the lock: a
 * login has it from before it ends the other until the lock is its own, so that
 * nobody comes between. Only one waits in line.
 */
enum { BYTE_TURN = 1000, BYTE_LINE = 1001 };

struct lock { int fd; };

static const char *const use_words[LOCK_USES_] = { [LOCK_SERVES] = "serves",
	[LOCK_ENDS] = "ends", [LOCK_BRIEFLY] = "briefly" };

struct lock *
lock_new(const char *state_dir, GError **error)
{
	g_autofree char *path = g_build_filename(state_dir, "sync.lock", NULL);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct lock *lock;

	if (fd < 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
		    "%s: %s", path, g_strerror(errno));
		return NULL;
	}
	lock = g_new0(struct lock, 1);
	lock->fd = fd;
	return lock;
}

void
lock_free(struct lock *lock)
{
	if (!lock)
		return;
	close(lock->fd);
	g_free(lock);
}

static gboolean
byte_lock(struct lock *lock, int byte, short type, int how)
{
	struct flock range = { .l_type = type, .l_whence = SEEK_SET,
		.l_start = byte, .l_len = 1 };
	int rc;

	do
		rc = fcntl(lock->fd, how, &range);
	while (rc < 0 && errno == EINTR);
	return rc == 0;
}

static gboolean
byte_take(struct lock *lock, int byte)
{
	return byte_lock(lock, byte, F_WRLCK, F_OFD_SETLK);
}

static void
byte_leave(struct lock *lock, int byte)
{
	byte_lock(lock, byte, F_UNLCK, F_OFD_SETLK);
}

void
lock_sign(struct lock *lock, enum lock_use use)
{
	char text[TEXT_BYTES];
	int len = g_snprintf(text, sizeof(text), "%d %s\n", (int)getpid(),
	    use_words[use]);

	if (ftruncate(lock->fd, 0) == 0 &&
	    pwrite(lock->fd, text, (size_t)len, 0) < 0)
		base_log(BASE_LOG_ERROR, "lock file: %d", errno);
}

static pid_t
lock_read(const struct lock *lock, enum lock_use *use_out)
{
	char text[TEXT_BYTES] = "", *end;
	pid_t pid;

	*use_out = LOCK_ENDS;
	if (pread(lock->fd, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	pid = (pid_t)g_ascii_strtoll(text, &end, 10);
	g_strstrip(end);
	for (int i = 0; i < LOCK_USES_; i++)
		if (strcmp(end, use_words[i]) == 0)
			*use_out = (enum lock_use)i;
	return pid;
}

enum lock_use
lock_use(const struct lock *lock)
{
	enum lock_use use;

	lock_read(lock, &use);
	return use;
}

/* With the turn. */
static gboolean
take(struct lock *lock, enum lock_use use, int how)
{
	int rc;

	do
		rc = flock(lock->fd, LOCK_EX | how);
	while (rc < 0 && errno == EINTR);
	if (rc == 0)
		lock_sign(lock, use);
	return rc == 0;
}

gboolean
lock_take(struct lock *lock, enum lock_use use)
{
	gboolean ours;

	if (!byte_take(lock, BYTE_TURN))
		return FALSE;
	ours = take(lock, use, LOCK_NB);
	byte_leave(lock, BYTE_TURN);
	return ours;
}

static gboolean
kill_holder(const struct lock *lock)
{
	enum lock_use use;
	pid_t pid = lock_read(lock, &use);

	return pid > 1 && kill(pid, SIGTERM) == 0;
}

gboolean
lock_take_over(struct lock *lock)
{
	gboolean turn = FALSE, killed = FALSE, ours = FALSE;

	for (int ms = 0; !ours && ms < HANDOVER_MS; ms += HANDOVER_STEP_MS) {
		turn = turn || byte_take(lock, BYTE_TURN);
		ours = turn && take(lock, LOCK_BRIEFLY, LOCK_NB);
		if (turn && !ours && !killed)
			killed = kill_holder(lock);
		if (!ours)
			g_usleep(HANDOVER_STEP_MS * 1000);
	}
	byte_leave(lock, BYTE_TURN);
	return ours;
}

gboolean
lock_in_line(struct lock *lock, enum lock_use use)
{
	gboolean ours = FALSE;

	if (!byte_take(lock, BYTE_LINE))
		return FALSE;
	if (byte_lock(lock, BYTE_TURN, F_WRLCK, F_OFD_SETLKW)) {
		ours = take(lock, use, LOCK_NB);
		/* While we waited for our turn one came that will go on. */
		if (!ours && lock_use(lock) != LOCK_SERVES)
			ours = take(lock, use, 0);
		byte_leave(lock, BYTE_TURN);
	}
	byte_leave(lock, BYTE_LINE);
	return ours;
}
