/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clinic/tls.h"

#define DAYS 30
#define HOURS_LEFT_MIN 24

static gboolean
fail(GError **error, const char *what, const char *path)
{
	g_set_error(error, CLINIC_ERROR, 500, "TLS: %s%s%s", what,
	    path ? " " : "", path ? path : "");
	return FALSE;
}

static gboolean
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *e;
	X509V3_CTX ctx;
	int ok;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = e && X509_add_ext(cert, e, -1);
	X509_EXTENSION_free(e);
	return ok;
}

static void
set_serial(X509 *cert)
{
	unsigned char raw[8];

	if (RAND_bytes(raw, sizeof(raw)) == 1) {
		BIGNUM *n = BN_bin2bn(raw, sizeof(raw), NULL);
		BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));
		BN_free(n);
	}
}

static X509 *
bare_cert(EVP_PKEY *key, const char *name, X509 *issuer)
{
	X509 *cert = X509_new();
	X509_NAME *n = X509_get_subject_name(cert);

	X509_set_version(cert, 2);
	set_serial(cert);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), DAYS * 86400L);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC,
	    (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) : n);
	return cert;
}

static X509 *
make_ca(EVP_PKEY *key)
{
	/* Each has a name of its own, so that a stranger's is not tried. */
	g_autofree char *name = g_strdup_printf("qingnang practice CA %08x",
	    g_random_int());
	X509 *ca = bare_cert(key, name, NULL);

	if (add_extension(ca, ca, NID_basic_constraints,
		"critical,CA:TRUE,pathlen:0") &&
	    add_extension(ca, ca, NID_key_usage, "critical,keyCertSign") &&
	    add_extension(ca, ca, NID_subject_key_identifier, "hash") &&
	    X509_sign(ca, key, EVP_sha256()))
		return ca;
	X509_free(ca);
	return NULL;
}

static X509 *
make_cert(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key)
{
	X509 *cert = bare_cert(key, "localhost", ca);

	if (add_extension(cert, ca, NID_basic_constraints,
		"critical,CA:FALSE") &&
	    add_extension(cert, ca, NID_ext_key_usage, "serverAuth") &&
	    add_extension(cert, ca, NID_subject_alt_name,
		"IP:127.0.0.1,IP:::1,DNS:localhost") &&
	    X509_sign(cert, ca_key, EVP_sha256()))
		return cert;
	X509_free(cert);
	return NULL;
}

/* 0600 from its first moment. */
static FILE *
create(const char *path)
{
	mode_t old = umask(0077);
	FILE *f;

	unlink(path);
	f = fopen(path, "wx");
	umask(old);
	return f;
}

static gboolean
write_pem(const char *path, X509 *cert, EVP_PKEY *key, GError **error)
{
	FILE *f = create(path);
	int ok = f != NULL;

	if (ok && cert)
		ok = PEM_write_X509(f, cert);
	if (ok && key)
		ok = PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	if (f && fclose(f))
		ok = 0;
	return ok ? TRUE : fail(error, "cannot write", path);
}

static gboolean
make_all(const struct clinic_tls *t, GError **error)
{
	EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *ca = ca_key ? make_ca(ca_key) : NULL;
	X509 *cert = ca && key ? make_cert(key, ca, ca_key) : NULL;
	gboolean ok = cert ?
	    write_pem(t->ca_path, ca, NULL, error) &&
		write_pem(t->cert_path, cert, NULL, error) &&
		write_pem(t->key_path, NULL, key, error) :
	    fail(error, "cannot make a certificate", NULL);

	X509_free(cert);
	X509_free(ca);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ca_key);
	return ok;
}

/* Those of an earlier run, if they hold for a while yet. */
static gboolean
still_good(const struct clinic_tls *t)
{
	FILE *f = fopen(t->cert_path, "r");
	X509 *cert = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
	time_t then = time(NULL) + HOURS_LEFT_MIN * 3600;
	gboolean good = cert && X509_cmp_time(X509_get0_notAfter(cert),
	    &then) > 0 && g_file_test(t->ca_path, G_FILE_TEST_EXISTS) &&
	    g_file_test(t->key_path, G_FILE_TEST_EXISTS);

	X509_free(cert);
	if (f)
		fclose(f);
	return good;
}

gboolean
clinic_tls_make(struct clinic_tls *t, const char *dir, GError **error)
{
	if (!dir) {
		t->temporary_dir = g_dir_make_tmp("qingnang-clinic-XXXXXX",
		    error);
		dir = t->temporary_dir;
	}
	if (!dir)
		return FALSE;
	if (g_mkdir_with_parents(dir, 0700))
		return fail(error, "cannot make the directory", dir);
	t->ca_path = g_build_filename(dir, "ca.pem", NULL);
	t->cert_path = g_build_filename(dir, "cert.pem", NULL);
	t->key_path = g_build_filename(dir, "key.pem", NULL);
	return still_good(t) || make_all(t, error);
}

void
clinic_tls_clear(struct clinic_tls *t)
{
	if (t->temporary_dir) {
		if (t->ca_path) {
			unlink(t->ca_path);
			unlink(t->cert_path);
			unlink(t->key_path);
		}
		rmdir(t->temporary_dir);
	}
	g_free(t->ca_path);
	g_free(t->cert_path);
	g_free(t->key_path);
	g_free(t->temporary_dir);
}
