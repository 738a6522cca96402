/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The disk is told to begin with what was written. Else it lies idle until a
 * checkpoint, or the sync of a draft, which then waits for all of it.
 */
#define _GNU_SOURCE
#include "store/vault.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { BEGIN_BYTES = 1024 * 1024, FDS = 256 };

/*
 * SQLite's own descriptor, found by what it is of: one opened beside it would
 * take SQLite's locks away when it is closed. Should it be another's by now, that
 * one's bytes go to the disk a little sooner.
 */
static int
fd_of(const char *name)
{
	struct stat wanted, st;

	if (stat(name, &wanted) != 0)
		return -1;
	for (int fd = 0; fd < FDS; fd++)
		if (fstat(fd, &st) == 0 && st.st_ino == wanted.st_ino &&
		    st.st_dev == wanted.st_dev)
			return fd;
	return -1;
}

void
vault_disk_wrote(struct vault_disk *disk, int64_t bytes)
{
	disk->bytes += bytes;
	if (disk->name == NULL || disk->bytes < BEGIN_BYTES)
		return;
	disk->bytes = 0;
	if (!disk->sought)
		disk->fd = fd_of(disk->name);
	disk->sought = true;
	if (disk->fd >= 0)
		sync_file_range(disk->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}
