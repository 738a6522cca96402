/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data key in the kernel's keyring, so that a doctor unlocks once a session.
 * Only a process that possesses the keyring may read it, and it ends by itself.
 * @u outlives the session but may be out of a process's possession (cron, some
 * containers), @s may be usable then; and where keyctl(2) is denied there is
 * none, which is no error.
 */
#include "store/vault.h"

#include <linux/keyctl.h>
#include <sodium.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KEY_TYPE "user"
#define POSSESSOR_ALL 0x3f000000ul /* keyctl_setperm(3): KEY_POS_ALL */

static const int rings[] = {
	KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING
};

/* keyctl(2), which glibc leaves to libkeyutils: six of its calls are not worth a
 * library at every start. Negative: errno says why. */
static long
control(int what, long a, unsigned long b, unsigned long c, unsigned long d)
{
	return syscall(SYS_keyctl, what, a, b, c, d);
}

static long
find(int ring, const char *name)
{
	return control(KEYCTL_SEARCH, ring, (unsigned long)KEY_TYPE,
	    (unsigned long)name, 0);
}

static void
forget(long id, int ring)
{
	control(KEYCTL_REVOKE, id, 0, 0, 0);
	control(KEYCTL_UNLINK, id, (unsigned long)ring, 0, 0);
}

/* By the slot's own bytes: the keyring is the user's, and a profile of that name
 * in another home, or made anew here, has another key. NULL: there is no slot. */
static char *
description(const char *dir)
{
	g_autofree char *path = g_build_filename(dir, "cache.key", NULL);
	g_autofree char *bytes = NULL, *digest = NULL;
	gsize len;

	if (!g_file_get_contents(path, &bytes, &len, NULL))
		return NULL;
	digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
	    (const guchar *)bytes, len);
	return g_strdup_printf("qingnang:%.32s", digest);
}

/* NULL when the key cannot be read or is no data key. */
static struct base_secret *
read_key(long id)
{
	struct base_secret *key = base_secret_new(VAULT_KEY_BYTES);
	if (control(KEYCTL_READ, id, (unsigned long)base_secret_data(key),
	    VAULT_KEY_BYTES, 0) == VAULT_KEY_BYTES)
		return key;
	base_secret_free(key);
	return NULL;
}

/* A key that could not be read back is worth nothing: away with it. */
static gboolean
put_in(int ring, const char *name, const struct base_secret *key,
    unsigned seconds)
{
	long id = syscall(SYS_add_key, KEY_TYPE, name, vault_secret_bytes(key),
	    base_secret_len(key), ring);
	if (id < 0)
		return FALSE;
	BASE_AUTO(base_secret) back = NULL;
	if (control(KEYCTL_SET_TIMEOUT, id, seconds, 0, 0) == 0 &&
	    control(KEYCTL_SETPERM, id, POSSESSOR_ALL, 0, 0) == 0)
		back = read_key(id);
	if (back && sodium_memcmp(base_secret_data(back),
	    vault_secret_bytes(key), VAULT_KEY_BYTES) == 0)
		return TRUE;
	forget(id, ring);
	return FALSE;
}

gboolean
vault_keyring_put(const char *dir, const struct base_secret *key,
    int seconds)
{
	g_autofree char *name = description(dir);
	if (!name || seconds <= 0 ||
	    base_secret_len(key) != VAULT_KEY_BYTES)
		return FALSE;
	vault_keyring_revoke(dir);
	for (size_t i = 0; i < G_N_ELEMENTS(rings); i++)
		if (put_in(rings[i], name, key, (unsigned)seconds))
			return TRUE;
	return FALSE;
}

struct base_secret *
vault_keyring_get(const char *dir)
{
	g_autofree char *name = description(dir);
	for (size_t i = 0; name && i < G_N_ELEMENTS(rings); i++) {
		long id = find(rings[i], name);
		struct base_secret *key = id > 0 ? read_key(id) : NULL;
		if (key)
			return key;
	}
	return NULL;
}

void
vault_keyring_revoke(const char *dir)
{
	g_autofree char *name = description(dir);
	for (size_t i = 0; name && i < G_N_ELEMENTS(rings); i++) {
		long id = find(rings[i], name);
		if (id > 0)
			forget(id, rings[i]);
	}
}
