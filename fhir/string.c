/* SPDX-License-Identifier: Apache-2.0 */
/* Escapes of a JSON string. */
#include "fhir/scan.h"

#include <string.h>

int
scan_hex4(const char *p, const char *end)
{
	int value = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = g_ascii_xdigit_value(p[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* At the backslash; one escape's length in the raw text goes to *used. */
static size_t
unescape_one(char *out, const char *raw, const char *end, size_t *used)
{
	static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
	const char *name;
	gunichar unit;

	*used = 2;
	if (raw[1] != 'u') {
		name = strchr(names, raw[1]);
		*out = name ? values[name - names] : raw[1];
		return 1;
	}
	unit = (gunichar)scan_hex4(raw + 2, end);
	*used = 6;
	if (unit >= 0xD800 && unit <= 0xDBFF) {
		gunichar low = (gunichar)scan_hex4(raw + 8, end);

		unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
		*used = 12;
	}
	return (size_t)g_unichar_to_utf8(unit, out);
}

size_t
scan_unescape(char *out, const char *raw, size_t len)
{
	const char *end = raw + len;
	char *to = out;

	while (raw < end) {
		const char *slash = memchr(raw, '\\', (size_t)(end - raw));
		size_t plain = (size_t)((slash ? slash : end) - raw), used;

		memmove(to, raw, plain);
		to += plain;
		raw += plain;
		if (!slash)
			break;
		to += unescape_one(to, raw, end, &used);
		raw += used;
	}
	*to = '\0';
	return (size_t)(to - out);
}

gboolean
scan_slice_is(const char *bytes, const struct scan_slice *slice,
    const char *text)
{
	g_autofree char *decoded = NULL;

	if (!slice->escaped)
		return slice->len == strlen(text) &&
		    memcmp(bytes + slice->at, text, slice->len) == 0;
	decoded = g_malloc(slice->len + 1);
	scan_unescape(decoded, bytes + slice->at, slice->len);
	return strcmp(decoded, text) == 0;
}

void
scan_put_string(GString *out, const char *text, size_t len)
{
	static const char names[] = "btnvfr"; /* 8..13; \v has no short form */
	size_t from = 0;

	g_string_append_c(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		g_string_append_len(out, text + from, (gssize)(i - from));
		from = i + 1;
		if (c >= 0x20)
			g_string_append_printf(out, "\\%c", c);
		else if (c >= 8 && c <= 13 && c != 11)
			g_string_append_printf(out, "\\%c", names[c - 8]);
		else
			g_string_append_printf(out, "\\u%04x", c);
	}
	g_string_append_len(out, text + from, (gssize)(len - from));
	g_string_append_c(out, '"');
}
