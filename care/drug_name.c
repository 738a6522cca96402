/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What doctors leave out of a drug's name: the salt before it or after it, and
 * the dosage form. The endings are those of 中国药品通用名称命名原则 (国家药典委员会):
 * a generic name is salt, base and form, in this order. They are taken off the
 * formulary's name only, never off what was typed, so that 碳酸钙 does not name
 * 碳酸镁; and nothing else is ever taken off.
 */
#include "care/order_room.h"

#include <string.h>

/* Blank-separated and folded; the longer ones first where one ends the other. */
static const char *const before[] = { "注射用", "吸入用", "外用", "苯磺酸", "盐酸",
	"马来酸", "富马酸", "酒石酸", "琥珀酸", "枸橼酸", "氢溴酸", "甲磺酸", "硫酸", "磷酸",
	"醋酸", "门冬氨酸", NULL };
static const char *const forms[] = { "吸入气雾剂", "吸入粉雾剂", "吸入溶液", "鼻喷雾剂",
	"口腔崩解片", "口服混悬液", "口服溶液", "肠溶胶囊", "缓释胶囊", "软胶囊", "干混悬剂",
	"缓释片", "控释片", "肠溶片", "分散片", "咀嚼片", "泡腾片", "口崩片", "舌下片", "口服液",
	"混悬液", "注射液", "滴眼液", "滴耳液", "滴鼻液", "眼膏", "乳膏", "软膏", "凝胶",
	"贴剂", "贴片", "颗粒", "胶囊", "糖浆", "滴丸", "气雾剂", "粉雾剂", "喷雾剂", "洗剂",
	"栓剂", "搽剂", "片", "丸", "散", "栓", "酊", NULL };
static const char *const after[] = { "钠", "钾", "钙", NULL };
static const char *const forms_en[] = { " prolonged-release tablets",
	" extended-release tablets", " enteric-coated tablets",
	" sustained-release tablets", " soft capsules", " tablets", " tablet",
	" capsules", " capsule", " injection", " oral solution", " granules",
	" cream", " ointment", " eye drops", " inhaler", NULL };
static const char *const salts_en[] = { " hydrochloride", " besylate",
	" besilate", " maleate", " fumarate", " tartrate", " succinate",
	" citrate", " sulfate", " sulphate", " phosphate", " mesylate",
	" sodium", " potassium", " calcium", NULL };

/* Length of text without the first of the endings it has. */
static size_t
without(const char *text, size_t len, const char *const *endings)
{
	for (; *endings; endings++) {
		size_t n = strlen(*endings);

		if (n < len && memcmp(text + len - n, *endings, n) == 0)
			return len - n;
	}
	return len;
}

static const char *
skip_salt(const char *text, size_t *len)
{
	for (const char *const *salt = before; *salt; salt++) {
		size_t n = strlen(*salt);

		if (n < *len && memcmp(text, *salt, n) == 0) {
			*len -= n;
			return text + n;
		}
	}
	return text;
}

static gboolean
same(const char *a, size_t len, const char *words)
{
	return len == strlen(words) && memcmp(a, words, len) == 0;
}

/* "氨氯地平片 5 mg": from the blank before the first number on, it is no name. */
static void
cut_strength(char *name)
{
	for (char *p = strchr(name, ' '); p; p = strchr(p + 1, ' '))
		if (g_ascii_isdigit(p[1])) {
			*p = '\0';
			return;
		}
}

static gboolean
is_name(const char *folded, const char *words)
{
	size_t len = strlen(folded), salt;
	const char *base = folded;

	if (same(folded, len, words))
		return TRUE;
	len = without(folded, len, forms);
	len = without(folded, len, forms_en);
	if (same(folded, len, words))
		return TRUE;
	salt = without(folded, without(folded, len, after), salts_en);
	if (same(folded, salt, words))
		return TRUE;
	base = skip_salt(folded, &len);
	return same(base, len, words) ||
	    same(base, without(base, len, after), words);
}

gboolean
drug_named(const struct care_drug *drug, const char *words)
{
	const char *const names[] = { drug->generic_zh, drug->generic_en,
		drug->brand, drug->words };
	g_autofree char *typed = words ? base_text_fold(words) : NULL;
	g_autofree char *code = drug->code ? base_text_fold(drug->code) : NULL;

	if (!typed || !*g_strstrip(typed))
		return FALSE;
	if (g_strcmp0(code, typed) == 0)
		return TRUE;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *name = names[i] ? base_text_fold(names[i]) :
		    NULL;

		if (!name || !*name)
			continue;
		if (strcmp(name, typed) == 0)
			return TRUE;
		cut_strength(name);
		if (is_name(name, typed))
			return TRUE;
	}
	return FALSE;
}

/* Bytes of text at whose end its folded form is name; 0: it does not begin so. */
static size_t
name_len(const char *name, const char *text)
{
	g_autofree char *folded = base_text_fold(name);
	size_t at = 0, len = strlen(folded);

	if (len == 0)
		return 0;
	for (const char *p = text; *p && at < len;) {
		const char *next = g_utf8_next_char(p);
		g_autofree char *one = g_strndup(p, (size_t)(next - p));
		g_autofree char *fold = base_text_fold(one);
		size_t n = strlen(fold);

		if (n > len - at || memcmp(folded + at, fold, n) != 0)
			return 0;
		at += n;
		p = next;
		if (at == len)
			return (size_t)(p - text);
	}
	return 0;
}

size_t
drug_name_len(const struct care_drug *drug, const char *text)
{
	g_autofree char *line_name = drug_line_name(drug);
	const char *const names[] = { line_name, drug->generic_zh,
		drug->generic_en, drug->brand, drug->code };
	size_t best = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		size_t n = names[i] ? name_len(names[i], text) : 0;

		best = MAX(best, n);
	}
	return best;
}

char *
drug_line_name(const struct care_drug *drug)
{
	char *name = g_strdup(drug->words ? drug->words :
	    care_drug_words(drug, "zh"));

	cut_strength(name);
	/* what ends a line's drug or begins its note is none of it */
	g_strdelimit(name, "\n\r\t", ' ');
	for (char *p = strstr(name, "//"); p; p = strstr(p, "//"))
		memmove(p, p + 1, strlen(p));
	return g_strstrip(name);
}
