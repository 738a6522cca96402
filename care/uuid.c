/* SPDX-License-Identifier: Apache-2.0 */
/* Names that two devices make alike: UUID version 5, RFC 4122 section 4.3. */
#include "care/order_room.h"

#include <string.h>

static const char prefix[] = "urn:uuid:";

gboolean
care_uuid_ok(const char *urn)
{
	return urn && g_str_has_prefix(urn, prefix) &&
	    g_uuid_string_is_valid(urn + strlen(prefix));
}

static void
put_space(GChecksum *sum, const char *uuid)
{
	guint8 bytes[16];
	size_t n = 0;

	for (const char *p = uuid; n < sizeof(bytes); p += 2) {
		p += *p == '-';
		bytes[n++] = (guint8)(g_ascii_xdigit_value(p[0]) << 4 |
		    g_ascii_xdigit_value(p[1]));
	}
	g_checksum_update(sum, bytes, sizeof(bytes));
}

char *
care_uuid5(const char *space, const char *name)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
	guint8 h[20];
	gsize len = sizeof(h);

	if (!care_uuid_ok(space))
		return NULL;
	put_space(sum, space + strlen(prefix));
	g_checksum_update(sum, (const guchar *)name, (gssize)strlen(name));
	g_checksum_get_digest(sum, h, &len);
	h[6] = (guint8)((h[6] & 0x0f) | 0x50);
	h[8] = (guint8)((h[8] & 0x3f) | 0x80);
	return g_strdup_printf("%s%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
	    "%02x%02x%02x%02x%02x%02x", prefix, h[0], h[1], h[2], h[3], h[4],
	    h[5], h[6], h[7], h[8], h[9], h[10], h[11], h[12], h[13], h[14],
	    h[15]);
}
