/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the desk (desk*.c). */
#ifndef QN_TUI_DESK_ROOM_H
#define QN_TUI_DESK_ROOM_H

#include "tui/desk.h"

struct desk {
	struct store *store;
	const struct base_settings *settings;
	GPtrArray *packs;          /* struct care_pack, as the setting lists */
	struct care_rules *rules;  /* NULL: not read yet */
	int64_t rules_ms;          /* as of when they were laid together */
	gboolean verified;
};

/* One sentence; always FALSE. */
gboolean desk_refuse(GError **error, enum desk_error code,
    const char *sentence);
/* The body of "Type/id" as it came; NULL with STORE_ERROR_NOT_FOUND. */
struct fhir_doc *desk_body(struct desk *desk, const char *ref,
    GError **error);
/* Its bytes, owned. */
char *desk_bytes(struct desk *desk, const char *ref, size_t *len,
    GError **error);

/* What the store knows of the decision support service and these bytes. */
enum fact_service desk_service(struct desk *desk, struct rx_id id);

#endif
