/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key slot, DIR/cache.key: the data key wrapped by a passphrase. A plain hash
 * over the whole tells a damaged slot from a wrong passphrase, which only the
 * cipher's tag can refuse. Replaced by rename, so that there is always a whole
 * slot: without one the cache is lost.
 *
 *   0  magic and version   16     48  nonce              24
 *  16  Argon2id ops, LE     8     72  wrapped key + tag  48
 *  24  Argon2id bytes, LE   8    120  BLAKE2b of 0..119  32
 *  32  salt                16    152  end
 */
#include "store/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define SLOT_FILE "cache.key"
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define HASH_BYTES 32
#define VERSION 1

/* What a slot may ask of this machine, whoever wrote it. */
#define OPS_MAX 10
#define MEM_MAX_BYTES ((uint64_t)1 << 30)

const struct vault_kdf vault_kdf_default = {
	.ops = 3, .mem_bytes = (uint64_t)256 << 20
};

static const char magic[15] = "qingnang key";
struct slot {
	unsigned char magic[sizeof(magic)];
	unsigned char version;
	uint64_t ops_le, mem_le;
	unsigned char salt[VAULT_STRETCH_SALT_BYTES];
	unsigned char nonce[NONCE_BYTES];
	unsigned char wrapped[VAULT_KEY_BYTES + TAG_BYTES];
	unsigned char hash[HASH_BYTES];
};
G_STATIC_ASSERT(sizeof(struct slot) == 152);
G_STATIC_ASSERT(VAULT_STRETCH_SALT_BYTES == crypto_pwhash_argon2id_SALTBYTES);
#define PUBLIC_BYTES offsetof(struct slot, wrapped)

static char *
slot_path(const char *dir)
{
	return g_build_filename(dir, SLOT_FILE, NULL);
}

static void
hash_slot(const struct slot *slot, unsigned char hash[HASH_BYTES])
{
	crypto_generichash(hash, HASH_BYTES, (const unsigned char *)slot,
	    offsetof(struct slot, hash), NULL, 0);
}

static gboolean
fail_errno(GError **error, const char *doing, const char *path)
{
	int err = errno;
	g_set_error(error, STORE_ERROR, err == ENOSPC || err == EDQUOT
	    ? STORE_ERROR_FULL : STORE_ERROR_IO, "%s %s: %s", doing, path,
	    g_strerror(err));
	return FALSE;
}

gboolean
vault_kdf_ok(const struct vault_kdf *kdf)
{
	return kdf->ops >= crypto_pwhash_argon2id_OPSLIMIT_MIN &&
	    kdf->ops <= OPS_MAX &&
	    kdf->mem_bytes >= crypto_pwhash_argon2id_MEMLIMIT_MIN &&
	    kdf->mem_bytes <= MEM_MAX_BYTES;
}

/* ---- wrapping ------------------------------------------------------------- */

static struct vault_kdf
slot_kdf(const struct slot *slot)
{
	return (struct vault_kdf){ .ops = GUINT64_FROM_LE(slot->ops_le),
		.mem_bytes = GUINT64_FROM_LE(slot->mem_le) };
}

struct base_secret *
vault_stretch(const struct base_secret *secret,
    const unsigned char salt[VAULT_STRETCH_SALT_BYTES],
    const struct vault_kdf *kdf, GError **error)
{
	struct base_secret *key = base_secret_new(VAULT_KEY_BYTES);
	if (crypto_pwhash_argon2id(base_secret_data(key), VAULT_KEY_BYTES,
	    (const char *)vault_secret_bytes(secret), base_secret_len(secret),
	    salt, kdf->ops, (size_t)kdf->mem_bytes,
	    crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0)
		return key;
	base_secret_free(key);
	g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
	    "%" PRIu64 " MiB of memory for the passphrase: %s",
	    kdf->mem_bytes >> 20, g_strerror(errno));
	return NULL;
}

static gboolean
wrap(struct slot *slot, const struct base_secret *data_key,
    const struct base_secret *passphrase, const struct vault_kdf *kdf,
    GError **error)
{
	memset(slot, 0, sizeof(*slot));
	memcpy(slot->magic, magic, sizeof(magic));
	slot->version = VERSION;
	slot->ops_le = GUINT64_TO_LE(kdf->ops);
	slot->mem_le = GUINT64_TO_LE(kdf->mem_bytes);
	randombytes_buf(slot->salt, sizeof(slot->salt));
	randombytes_buf(slot->nonce, sizeof(slot->nonce));
	BASE_AUTO(base_secret) key = vault_stretch(passphrase, slot->salt, kdf,
	    error);
	if (key == NULL)
		return FALSE;
	crypto_aead_xchacha20poly1305_ietf_encrypt(slot->wrapped, NULL,
	    vault_secret_bytes(data_key), VAULT_KEY_BYTES,
	    (const unsigned char *)slot, PUBLIC_BYTES, NULL, slot->nonce,
	    base_secret_data(key));
	hash_slot(slot, slot->hash);
	return TRUE;
}

static struct base_secret *
unwrap(const struct slot *slot, const struct base_secret *passphrase,
    GError **error)
{
	const struct vault_kdf kdf = slot_kdf(slot);
	BASE_AUTO(base_secret) key = vault_stretch(passphrase, slot->salt,
	    &kdf, error);
	if (key == NULL)
		return NULL;
	struct base_secret *data_key = base_secret_new(VAULT_KEY_BYTES);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
	    base_secret_data(data_key), NULL, NULL, slot->wrapped,
	    sizeof(slot->wrapped), (const unsigned char *)slot, PUBLIC_BYTES,
	    slot->nonce, base_secret_data(key)) == 0)
		return data_key;
	base_secret_free(data_key);
	g_set_error(error, STORE_ERROR, STORE_ERROR_WRONG_PASSPHRASE,
	    "the passphrase does not open the key slot");
	return NULL;
}

/* ---- the file ------------------------------------------------------------- */

static gboolean
damaged(GError **error, const char *path, const char *what)
{
	g_set_error(error, STORE_ERROR, STORE_ERROR_SLOT_DAMAGED, "%s %s", path,
	    what);
	return FALSE;
}

static gboolean
check_slot(const struct slot *slot, const char *path, GError **error)
{
	unsigned char hash[HASH_BYTES];
	if (memcmp(slot->magic, magic, sizeof(magic)) != 0)
		return damaged(error, path, "is not a key slot");
	hash_slot(slot, hash);
	if (memcmp(hash, slot->hash, sizeof(hash)) != 0)
		return damaged(error, path, "is damaged");
	if (slot->version > VERSION) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NEWER,
		    "%s was written by a newer qingnang", path);
		return FALSE;
	}
	const struct vault_kdf kdf = slot_kdf(slot);
	if (!vault_kdf_ok(&kdf))
		return damaged(error, path, "asks for an absurd key derivation");
	return TRUE;
}

static gboolean
read_slot(const char *dir, struct slot *slot, GError **error)
{
	g_autofree char *path = slot_path(dir);
	unsigned char bytes[sizeof(*slot) + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NO_SLOT,
		    "%s is not there", path);
		return FALSE;
	}
	if (fd < 0)
		return fail_errno(error, "opening", path);
	ssize_t n = read(fd, bytes, sizeof(bytes));
	if (n < 0)
		fail_errno(error, "reading", path);
	close(fd);
	if (n < 0)
		return FALSE;
	if ((size_t)n != sizeof(*slot))
		return damaged(error, path, "has not the size of a key slot");
	memcpy(slot, bytes, sizeof(*slot));
	return check_slot(slot, path, error);
}

static gboolean
sync_dir(const char *dir, GError **error)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean ok = fd >= 0 && fsync(fd) == 0;
	if (!ok)
		fail_errno(error, "syncing", dir);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* replace: over the slot that is there; else it must not be there yet. */
static gboolean
write_slot(const char *dir, const struct slot *slot, gboolean replace,
    GError **error)
{
	g_autofree char *path = slot_path(dir);
	g_autofree char *temp = g_strdup_printf("%s.XXXXXX", path);
	int fd = g_mkstemp_full(temp, O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_errno(error, "creating", temp);
	errno = ENOSPC; /* a short write says nothing else */
	gboolean ok = write(fd, slot, sizeof(*slot)) == sizeof(*slot) &&
	    fsync(fd) == 0;
	ok = ok && (replace ? rename(temp, path) : link(temp, path)) == 0;
	if (!ok)
		fail_errno(error, "writing", path);
	close(fd);
	if (!ok || !replace)
		g_unlink(temp);
	return ok && sync_dir(dir, error);
}

/* ---- what others call ------------------------------------------------------ */

gboolean
vault_slot_exists(const char *dir)
{
	g_autofree char *path = slot_path(dir);
	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static gboolean
check_new(const struct base_secret *passphrase, const struct vault_kdf *kdf,
    GError **error)
{
	if (base_secret_len(passphrase) > 0 &&
	    vault_kdf_ok(kdf))
		return TRUE;
	g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID,
	    base_secret_len(passphrase) ? "key derivation out of range"
					: "an empty passphrase");
	return FALSE;
}

gboolean
vault_slot_create(const char *dir, const struct base_secret *passphrase,
    const struct vault_kdf *kdf, struct base_secret **key_out, GError **error)
{
	struct slot slot;
	BASE_AUTO(base_secret) key = vault_key_random();
	*key_out = NULL;
	if (!check_new(passphrase, kdf, error) ||
	    !wrap(&slot, key, passphrase, kdf, error) ||
	    !write_slot(dir, &slot, FALSE, error))
		return FALSE;
	*key_out = g_steal_pointer(&key);
	return TRUE;
}

struct base_secret *
vault_slot_open(const char *dir, const struct base_secret *passphrase,
    GError **error)
{
	struct slot slot;
	if (!read_slot(dir, &slot, error))
		return NULL;
	return unwrap(&slot, passphrase, error);
}

gboolean
vault_slot_change(const char *dir, const struct base_secret *old_pass,
    const struct base_secret *new_pass, const struct vault_kdf *kdf,
    GError **error)
{
	struct slot slot;
	if (!check_new(new_pass, kdf, error))
		return FALSE;
	BASE_AUTO(base_secret) key = vault_slot_open(dir, old_pass, error);
	return key && wrap(&slot, key, new_pass, kdf, error) &&
	    write_slot(dir, &slot, TRUE, error);
}

struct base_secret *
vault_key_random(void)
{
	struct base_secret *key = base_secret_new(VAULT_KEY_BYTES);
	randombytes_buf(base_secret_data(key), VAULT_KEY_BYTES);
	return key;
}
