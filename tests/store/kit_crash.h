/* SPDX-License-Identifier: Apache-2.0 */
/* A run on a cache that is killed, or torn, at each of its writes in turn; after
 * each the cache is opened and looked at. */
#ifndef QN_TESTS_STORE_KIT_CRASH_H
#define QN_TESTS_STORE_KIT_CRASH_H

#include "tests/store/kit.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- writes that fail --------------------------------------------------- */

enum fate { LIVE, KILLED, TORN, DISK_FULL };
static enum fate fate;
static int writes_left;
#define KILLED_STATUS 9

static ssize_t
failing_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	if (fate == LIVE)
		return pwrite(fd, bytes, len, at);
	if (fate == DISK_FULL) {
		errno = ENOSPC;
		return -1;
	}
	if (--writes_left > 0)
		return pwrite(fd, bytes, len, at);
	if (fate == TORN && pwrite(fd, bytes, len / 2, at) < 0)
		_exit(1);
	_exit(KILLED_STATUS);
}

static void
take_pwrite(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find("unix");

	assert_int_equal(vfs->xSetSystemCall(vfs, "pwrite",
	    (sqlite3_syscall_ptr)failing_pwrite), SQLITE_OK);
	vfs->xSetSystemCall(vfs, "pwrite64",
	    (sqlite3_syscall_ptr)failing_pwrite);
}

/* ---- a run that is killed at its nth write ------------------------------ */

static void
copy(const char *from_dir, const char *to_dir, const char *name)
{
	g_autofree char *from = g_build_filename(from_dir, name, NULL);
	g_autofree char *to = g_build_filename(to_dir, name, NULL);
	g_autofree char *bytes = NULL;
	gsize len;

	g_unlink(to);
	if (g_file_get_contents(from, &bytes, &len, NULL))
		assert_true(g_file_set_contents(to, bytes, (gssize)len, NULL));
}

static void
copy_cache(const char *from, const char *to)
{
	copy(from, to, "cache.db");
	copy(from, to, "cache.db-wal");
	copy(from, to, "cache.db-shm");
}

typedef void (*run_fn)(struct store *store);

/* run NULL: opening is the run. */
static _Noreturn void
run_child(struct kit *kit, run_fn run, enum fate how, int n)
{
	struct store *store;

	writes_left = n;
	if (!run)
		fate = how;
	store = store_open(kit->dir, kit->key, STORE_SCREEN, NULL);
	if (!store)
		_exit(1);
	fate = how;
	if (run)
		run(store);
	store_close(store);
	_exit(0);
}

/* FALSE when it was not killed: it has fewer writes than that. */
static gboolean
killed_at(struct kit *kit, run_fn run, enum fate how, int n)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		run_child(kit, run, how, n);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 0 ||
	    WEXITSTATUS(status) == KILLED_STATUS);
	return WEXITSTATUS(status) == KILLED_STATUS;
}

static inline void
each_write(struct kit *kit, run_fn run, void (*check)(struct store *store))
{
	g_autofree char *master = g_dir_make_tmp("qn-store-XXXXXX", NULL);
	static const enum fate fates[] = { KILLED, TORN };
	int kills = 0;

	store_close(kit->store);
	kit->store = NULL;
	copy_cache(kit->dir, master);
	for (size_t f = 0; f < G_N_ELEMENTS(fates); f++) {
		gboolean killed = TRUE;
		for (int n = 1; killed; n++) {
			copy_cache(master, kit->dir);
			killed = killed_at(kit, run, fates[f], n);
			kit_open(kit, STORE_SYNC);
			check(kit->store);
			store_close(kit->store);
			kit->store = NULL;
			kills += killed;
		}
	}
	kit_wipe(master);
	assert_true(kills > 10);
}

#endif
