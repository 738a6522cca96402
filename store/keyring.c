/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data key in the kernel's keyring, so that a doctor unlocks once a session.
 * Only a process that possesses the keyring may read it, and it ends by itself.
 * @u outlives the session but may be out of a process's possession (cron, some
 * containers), @s may be usable then; and where keyctl(2) is denied there is
 * none, which is no error.
 */
#include "store/vault.h"

#include <keyutils.h>
#include <sodium.h>

#define KEY_TYPE "user"
#define PERMISSIONS (KEY_POS_ALL)

static const key_serial_t rings[] = {
	KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING
};

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
read_key(key_serial_t id)
{
	struct base_secret *key = base_secret_new(VAULT_KEY_BYTES);
	if (keyctl_read(id, (char *)base_secret_data(key), VAULT_KEY_BYTES) ==
	    VAULT_KEY_BYTES)
		return key;
	base_secret_free(key);
	return NULL;
}

/* A key that could not be read back is worth nothing: away with it. */
static gboolean
put_in(key_serial_t ring, const char *name, const struct base_secret *key,
    unsigned seconds)
{
	key_serial_t id = add_key(KEY_TYPE, name, vault_secret_bytes(key),
	    base_secret_len(key), ring);
	if (id < 0)
		return FALSE;
	BASE_AUTO(base_secret) back = NULL;
	if (keyctl_set_timeout(id, seconds) == 0 &&
	    keyctl_setperm(id, PERMISSIONS) == 0)
		back = read_key(id);
	if (back && sodium_memcmp(base_secret_data(back),
	    vault_secret_bytes(key), VAULT_KEY_BYTES) == 0)
		return TRUE;
	keyctl_revoke(id);
	keyctl_unlink(id, ring);
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
		long id = keyctl_search(rings[i], KEY_TYPE, name, 0);
		struct base_secret *key =
		    id > 0 ? read_key((key_serial_t)id) : NULL;
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
		long id = keyctl_search(rings[i], KEY_TYPE, name, 0);
		if (id <= 0)
			continue;
		keyctl_revoke((key_serial_t)id);
		keyctl_unlink((key_serial_t)id, rings[i]);
	}
}
