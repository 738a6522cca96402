/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HL7's Subscriptions R5 Backport guide on R4 and R4B: a Subscription to a
 * topic with filters, a token to bind it by, notification Bundles that are
 * numbered, so that a gap shows.
 */
#include "net/dialect.h"

static char *
backport_bind(const char *id, const char *token)
{
	return g_strconcat("bind-with-token ", token, NULL);
}

const struct dialect dialect_backport = {
	.name = "backport", .keeps = TRUE, .tokens = TRUE, .topics = TRUE,
	.first_status = "active", .bind = backport_bind, .read = frame_read_bundle,
};
