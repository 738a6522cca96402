/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QN_CLINIC_TLS_H
#define QN_CLINIC_TLS_H

#include "clinic/db.h"

struct clinic_tls {
	char *ca_path, *cert_path, *key_path;
	char *temporary_dir; /* made here, removed at the end; or NULL */
};
/* A throw-away CA and a certificate of it for 127.0.0.1, ::1 and localhost, as
 * PEM files in dir (NULL: in a temporary directory). The CA's key is kept
 * nowhere. What lies in dir from before is used again while it is valid. */
gboolean clinic_tls_make(struct clinic_tls *t, const char *dir,
    GError **error);
void clinic_tls_clear(struct clinic_tls *t);

#endif
