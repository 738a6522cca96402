/* SPDX-License-Identifier: Apache-2.0 */
/* What `qingnang verify` finds out, offline: a signature, and what was signed
 * beside what stands in the cache. */
#ifndef QN_CLI_VERIFY_H
#define QN_CLI_VERIFY_H

#include "cli/cli.h"

/* One order that was signed, or one that is vouched for and was not. */
struct verify_order {
	char *ref;         /* "MedicationRequest/x" in the cache, or NULL */
	char *identifier;  /* as it was signed, or NULL: it was not */
	char *difference;  /* path of the first one; NULL: as it was signed */
};
struct verify_signature {
	char *provenance;  /* "Provenance/x"; NULL: this machine's own copy */
	char *signer_ref;  /* signature.who; NULL for the own copy */
	char *why;         /* it does not hold; NULL: it does */
	struct jws jws;
	char *prescription; /* identifier of what was signed */
	char *difference;  /* what the Provenance says otherwise than the JWS */
	GPtrArray *orders; /* struct verify_order */
};
void verify_signature_free(struct verify_signature *v);
/* All signatures about an ID: "Provenance/x", "MedicationRequest/x" (the type may
 * be left out), "urn:uuid:…" or the local number of a prescription. Owned structs; NULL: nothing here, or an error. */
GPtrArray *verify_find(struct store *store, const char *id, GError **error);
/* Holds, by a key of this vault, and everything stands as it was signed. */
gboolean verify_is_good(const struct verify_signature *v);
/* Holds, but some of what was signed is not here to be looked at. */
gboolean verify_is_partial(const struct verify_signature *v);

#endif
