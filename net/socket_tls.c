/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The socket's TLS, as strict as REST's: 1.2 or later, chain and name always
 * verified. lws compares a certificate with names alone, so the comparison is
 * put into the context here, where an address can be one.
 */
#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include "net/socket_room.h"

/* lws keeps the reason of a refusal to itself. */
static int
on_check(X509_STORE_CTX *store, void *user)
{
	struct wire *w = user;
	int fine = X509_verify_cert(store);

	if (fine <= 0) {
		w->untrusted = TRUE;
		g_free(w->distrust);
		w->distrust = g_strdup(X509_verify_cert_error_string(
		    X509_STORE_CTX_get_error(store)));
	}
	return fine;
}

static gboolean
take_files(SSL_CTX *tls, const struct base_settings *s)
{
	const char *ca = base_setting(s, SET_CA_FILE);
	const char *cert = base_setting(s, SET_CLIENT_CERT);
	const char *key = base_setting(s, SET_CLIENT_KEY);

	if (SSL_CTX_set_default_verify_paths(tls) != 1)
		return FALSE;
	if (ca && *ca && SSL_CTX_load_verify_locations(tls, ca, NULL) != 1)
		return FALSE;
	if (!cert || !*cert)
		return TRUE;
	return SSL_CTX_use_certificate_chain_file(tls, cert) == 1 &&
	    SSL_CTX_use_PrivateKey_file(tls, key && *key ? key : cert,
		SSL_FILETYPE_PEM) == 1;
}

static gboolean
expect_name(SSL_CTX *tls, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(tls);

	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (g_hostname_is_ip_address(host))
		return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
	return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
}

SSL_CTX *
socket_tls_new(struct wire *wire, const struct base_settings *settings,
    GError **error)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	char words[256] = "";

	if (tls && SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) == 1 &&
	    take_files(tls, settings) && expect_name(tls, wire->origin.host)) {
		SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
		SSL_CTX_set_cert_verify_callback(tls, on_check, wire);
		return tls;
	}
	ERR_error_string_n(ERR_get_error(), words, sizeof(words));
	ERR_clear_error();
	SSL_CTX_free(tls);
	net_error_set(error, NET_ERROR_CONFIG, wire->origin.host, words);
	return NULL;
}
