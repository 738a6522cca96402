/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pictures patients send, drawn: a blood-pressure meter's display that shows
 * what the patient wrote, a page of tablet times, a rash. A PNG of four greys in
 * stored (uncompressed) zlib blocks.
 */
#include "clinic/seed_priv.h"

#include <string.h>

enum { WIDE = 192, HIGH = 160, ROW = WIDE / 4 };
struct canvas { guint8 at[HIGH][WIDE]; };

static void
box(struct canvas *c, int x, int y, int w, int h, guint8 grey)
{
	for (int j = MAX(y, 0); j < MIN(y + h, HIGH); j++)
		for (int i = MAX(x, 0); i < MIN(x + w, WIDE); i++)
			c->at[j][i] = grey;
}

/* Seven segments, in the order top, upper right, lower right, bottom, lower
 * left, upper left, middle. */
static void
digit(struct canvas *c, int x, int y, int size, int n)
{
	static const guint8 lit[] = { 0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d,
		0x07, 0x7f, 0x6f };
	int w = size, h = size, t = MAX(size / 5, 2);
	const int seg[7][4] = {
		{ x, y, w, t }, { x + w - t, y, t, h },
		{ x + w - t, y + h, t, h }, { x, y + 2 * h - t, w, t },
		{ x, y + h, t, h }, { x, y, t, h },
		{ x, y + h - t / 2, w, t },
	};

	for (int i = 0; i < 7; i++)
		if (lit[n] & (1 << i))
			box(c, seg[i][0], seg[i][1], seg[i][2], seg[i][3], 0);
}

static void
number(struct canvas *c, int right, int y, int size, int n)
{
	for (int x = right - size; n > 0; n /= 10, x -= size + size / 3)
		digit(c, x, y, size, n % 10);
}

/* ---- PNG (RFC 2083) ---- */

static void
big32(GByteArray *out, guint32 n)
{
	const guint8 b[4] = { (guint8)(n >> 24), (guint8)(n >> 16),
		(guint8)(n >> 8), (guint8)n };

	g_byte_array_append(out, b, 4);
}

static guint32
crc32_of(const guint8 *p, size_t len)
{
	guint32 crc = 0xffffffffu;

	while (len--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
	}
	return crc ^ 0xffffffffu;
}

static void
chunk(GByteArray *out, const char *kind, const guint8 *data, guint32 len)
{
	guint start;

	big32(out, len);
	start = out->len;
	g_byte_array_append(out, (const guint8 *)kind, 4);
	if (len)
		g_byte_array_append(out, data, len);
	big32(out, crc32_of(out->data + start, len + 4));
}

static guint32
adler32_of(const guint8 *p, size_t len)
{
	guint32 a = 1, b = 0;

	while (len--) {
		a = (a + *p++) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

static void
pixels(GByteArray *out, const struct canvas *c)
{
	enum { LEN = HIGH * (ROW + 1) }; /* below 65536: one stored block */
	guint8 raw[LEN], *at = raw;
	const guint8 head[] = { 0x78, 0x01, 0x01, LEN & 255, LEN >> 8,
		~LEN & 255, ~LEN >> 8 & 255 };
	g_autoptr(GByteArray) z = g_byte_array_new();

	for (int y = 0; y < HIGH; y++) {
		*at++ = 0;
		for (int x = 0; x < WIDE; x += 4)
			*at++ = (guint8)(c->at[y][x] << 6 |
			    c->at[y][x + 1] << 4 | c->at[y][x + 2] << 2 |
			    c->at[y][x + 3]);
	}
	g_byte_array_append(z, head, sizeof head);
	g_byte_array_append(z, raw, LEN);
	big32(z, adler32_of(raw, LEN));
	chunk(out, "IDAT", z->data, z->len);
}

/* ---- what is on it ---- */

static void
monitor(struct canvas *c, const struct seed_person *p)
{
	gboolean told = p && p->told_sys;

	memset(c, 1, sizeof *c);
	box(c, 10, 8, WIDE - 20, HIGH - 16, 3);
	number(c, WIDE - 30, 16, 22, told ? p->told_sys : p ? p->sys : 132);
	number(c, WIDE - 30, 70, 22, told ? p->told_dia : p ? p->dia : 84);
	number(c, WIDE - 30, 122, 10, p ? p->pulse : 72);
}

/* A page ruled by hand: times of the tablets down the left, marks beside. */
static void
diary(struct canvas *c, const struct seed_person *p)
{
	struct seed_rng rng = seed_rng_make(17, p ? (uint64_t)p->index : 0, 5);

	memset(c, 3, sizeof *c);
	for (int y = 12; y < HIGH; y += 24)
		box(c, 8, y, WIDE - 16, 1, 2);
	box(c, 56, 12, 1, HIGH - 24, 2);
	for (int row = 0; row < 6; row++) {
		int y = 17 + row * 24;

		number(c, 34, y, 7, 7 + row * 3);
		for (int day = 0; day < 3; day++)
			box(c, 70 + day * 38, y + 3, 6 + seed_rng_range(&rng, 0,
			    18), 6, (guint8)seed_rng_range(&rng, 0, 1));
	}
}

/* Skin: paler ground, darker weals with a pale middle. */
static void
rash(struct canvas *c, const struct seed_person *p)
{
	struct seed_rng rng = seed_rng_make(23, p ? (uint64_t)p->index : 0, 5);

	memset(c, 2, sizeof *c);
	for (int i = 0; i < 22; i++) {
		int cx = seed_rng_range(&rng, 8, WIDE - 8);
		int cy = seed_rng_range(&rng, 8, HIGH - 8);
		int r = seed_rng_range(&rng, 4, 15);

		for (int y = MAX(cy - r, 0); y < MIN(cy + r, HIGH); y++)
			for (int x = MAX(cx - r, 0); x < MIN(cx + r, WIDE);
			    x++) {
				int dx = x - cx, dy = y - cy;
				int d = dx * dx + dy * dy;

				if (d <= r * r)
					c->at[y][x] = d * 4 < r * r ? 2 : 1;
			}
	}
}

char *
seed_image_make(const char *title, const struct seed_person *p,
    size_t *bytes_out)
{
	static const guint8 sign[] = { 0x89, 'P', 'N', 'G', 13, 10, 26, 10 };
	static const guint8 head[] = { 0, 0, 0, WIDE, 0, 0, 0, HIGH, 2, 0, 0, 0,
		0 };
	g_autoptr(GByteArray) out = g_byte_array_new();
	struct canvas c;

	if (strstr(title, "记录"))
		diary(&c, p);
	else if (strstr(title, "疹") || strstr(title, "脸"))
		rash(&c, p);
	else
		monitor(&c, p);
	g_byte_array_append(out, sign, sizeof sign);
	chunk(out, "IHDR", head, sizeof head);
	pixels(out, &c);
	chunk(out, "IEND", NULL, 0);
	*bytes_out = out->len;
	return g_base64_encode(out->data, out->len);
}

void
seed_binary_put(struct seed *g, const char *id, const char *patient_id,
    const char *content_type, const char *base64, int64_t ms)
{
	GString *s = seed_begin(g, "Binary", "%s", id);

	sj_text(s, "contentType", content_type);
	sj_reff(s, "securityContext", "Patient/%s", patient_id);
	sj_text(s, "data", base64);
	seed_put(g, ms);
}

/* ---- a report on paper -------------------------------------------------- */

/* One page of a laboratory's print-out (ISO 32000-1), in the letters every reader
 * has. */
char *
seed_pdf_make(const struct seed_person *p, size_t *bytes_out)
{
	GString *s = g_string_new("%PDF-1.4\n");
	g_autofree char *page = g_strdup_printf("BT /F1 18 Tf 60 780 Td "
	    "(Urinary tract ultrasound) Tj /F1 11 Tf 0 -34 Td "
	    "(Patient %s) Tj 0 -22 Td "
	    "(Left kidney: a stone of 6 mm in the lower calyx, no widening.)"
	    " Tj 0 -16 Td (Right kidney: without finding.) Tj 0 -16 Td "
	    "(Bladder: smooth wall, no stone.) Tj 0 -28 Td "
	    "(Impression: nephrolithiasis, left.) Tj ET\n", p ? p->id : "-");
	const char *const bodies[] = {
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
		"/Resources<</Font<</F1 5 0 R>>>>>>",
		NULL,
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	};
	size_t at[G_N_ELEMENTS(bodies)], xref;
	char *base64;

	for (guint i = 0; i < G_N_ELEMENTS(bodies); i++) {
		at[i] = s->len;
		if (bodies[i])
			g_string_append_printf(s, "%u 0 obj%s\nendobj\n",
			    i + 1, bodies[i]);
		else
			g_string_append_printf(s, "%u 0 obj<</Length %zu>>\n"
			    "stream\n%sendstream\nendobj\n", i + 1,
			    strlen(page), page);
	}
	xref = s->len;
	g_string_append_printf(s, "xref\n0 %zu\n0000000000 65535 f \n",
	    G_N_ELEMENTS(bodies) + 1);
	for (guint i = 0; i < G_N_ELEMENTS(bodies); i++)
		g_string_append_printf(s, "%010zu 00000 n \n", at[i]);
	g_string_append_printf(s, "trailer<</Size %zu/Root 1 0 R>>\n"
	    "startxref\n%zu\n%%%%EOF\n", G_N_ELEMENTS(bodies) + 1, xref);
	*bytes_out = s->len;
	base64 = g_base64_encode((const guchar *)s->str, s->len);
	g_string_free(s, TRUE);
	return base64;
}
