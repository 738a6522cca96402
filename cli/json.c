/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON that commands print. Writing only: what is read goes through fhir/. */
#include "cli/cli.h"

static void
cli_json_next(struct cli_json *j, const char *key)
{
	if (j->comma)
		g_string_append_c(j->out, ',');
	if (j->pretty && j->depth > 0) {
		g_string_append_c(j->out, '\n');
		for (int i = 0; i < j->depth; i++)
			g_string_append(j->out, "  ");
	}
	if (key)
		g_string_append_printf(j->out, "\"%s\":%s", key,
		    j->pretty ? " " : "");
	j->comma = TRUE;
}

static void
cli_json_escaped(struct cli_json *j, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	g_string_append_c(j->out, '"');
	for (const char *p = valid; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '"' || c == '\\')
			g_string_append_printf(j->out, "\\%c", c);
		else if (c == '\n')
			g_string_append(j->out, "\\n");
		else if (c < 0x20 || c == 0x7f)
			g_string_append_printf(j->out, "\\u%04x", c);
		else if (c == 0xc2 && (unsigned char)p[1] < 0xa0)
			/* C1 controls: a terminal may obey them */
			g_string_append_printf(j->out, "\\u%04x",
			    (unsigned char)*++p);
		else
			g_string_append_c(j->out, *p);
	}
	g_string_append_c(j->out, '"');
}

static void
cli_json_open(struct cli_json *j, const char *key, char bracket)
{
	cli_json_next(j, key);
	g_string_append_c(j->out, bracket);
	j->depth++;
	j->comma = FALSE;
}

void
cli_json_object(struct cli_json *j, const char *key)
{
	cli_json_open(j, key, '{');
}

void
cli_json_array(struct cli_json *j, const char *key)
{
	cli_json_open(j, key, '[');
}

void
cli_json_close(struct cli_json *j, char bracket)
{
	gboolean empty = !j->comma;

	j->depth--;
	j->comma = FALSE;
	if (j->pretty && !empty) {
		g_string_append_c(j->out, '\n');
		for (int i = 0; i < j->depth; i++)
			g_string_append(j->out, "  ");
	}
	g_string_append_c(j->out, bracket);
	j->comma = TRUE;
}

void
cli_json_text(struct cli_json *j, const char *key, const char *text)
{
	cli_json_next(j, key);
	if (text)
		cli_json_escaped(j, text);
	else
		g_string_append(j->out, "null");
}

void
cli_json_int(struct cli_json *j, const char *key, int64_t n)
{
	cli_json_next(j, key);
	g_string_append_printf(j->out, "%" G_GINT64_FORMAT, n);
}

void
cli_json_known(struct cli_json *j, const char *key, gboolean known, int64_t n)
{
	if (known)
		cli_json_int(j, key, n);
	else
		cli_json_text(j, key, NULL);
}

void
cli_json_bool(struct cli_json *j, const char *key, gboolean b)
{
	cli_json_next(j, key);
	g_string_append(j->out, b ? "true" : "false");
}

void
cli_json_time(struct cli_json *j, const char *key, int64_t ms)
{
	g_autofree char *instant = ms ? fhir_instant(ms) : NULL;

	cli_json_text(j, key, instant);
}

void
cli_json_raw(struct cli_json *j, const char *key, const char *bytes,
    size_t len)
{
	cli_json_next(j, key);
	/* C1 controls and DEL stand in strings alone: escaped, they are the same
	 * JSON and drive no terminal. */
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];
		unsigned char next = i + 1 < len ?
		    (unsigned char)bytes[i + 1] : 0;

		if (c == 0x7f)
			g_string_append(j->out, "\\u007f");
		else if (c == 0xc2 && next >= 0x80 && next < 0xa0)
			g_string_append_printf(j->out, "\\u%04x",
			    (unsigned char)bytes[++i]);
		else
			g_string_append_c(j->out, (char)c);
	}
}
