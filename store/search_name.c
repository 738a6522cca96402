/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a patient is found by: the name and each word of it, a Chinese given name
 * by itself, pinyin and initials with what the surname is read as, identifiers.
 */
#include "store/entry.h"
#include "store/pinyin.h"
#include "store/search_room.h"

#include <string.h>

enum { NAMES_MAX = 20, WORD_MAX_BYTES = 96 };

/*
 * Surnames read otherwise than the same character elsewhere (现代汉语词典, 姓氏
 * readings); where people of one surname differ, both. Two characters first.
 */
static const struct { const char *han, *read; } surnames[] = {
	{ "尉迟", "yu chi" }, { "万俟", "mo qi" }, { "长孙", "zhang sun" },
	{ "单于", "chan yu" }, { "澹台", "tan tai" }, { "令狐", "ling hu" },
	{ "宰父", "zai fu" }, { "鲜于", "xian yu" },
	{ "单", "shan" }, { "解", "xie" }, { "查", "zha" }, { "曾", "zeng" },
	{ "仇", "qiu" }, { "区", "ou" }, { "朴", "piao" }, { "盖", "ge" },
	{ "盖", "gai" }, { "乐", "yue" }, { "乐", "le" }, { "种", "chong" },
	{ "任", "ren" }, { "华", "hua" }, { "召", "shao" }, { "那", "na" },
	{ "折", "she" }, { "黑", "he" }, { "繁", "po" }, { "秘", "bi" },
	{ "冼", "xian" }, { "洗", "xian" }, { "燕", "yan" }, { "应", "ying" },
	{ "宁", "ning" }, { "员", "yun" }, { "缪", "miao" }, { "缪", "mou" },
	{ "覃", "qin" }, { "覃", "tan" }, { "翟", "zhai" }, { "翟", "di" },
	{ "尹", "yin" }, { "过", "guo" }, { "哈", "ha" }, { "不", "fou" },
	{ "晁", "chao" }, { "祭", "zhai" }, { "逄", "pang" }, { "郗", "xi" },
	{ "郗", "chi" }, { "佴", "nai" }, { "葛", "ge" }, { "干", "gan" },
	{ "石", "shi" }, { "车", "che" }, { "贾", "jia" }, { "句", "gou" },
	{ "阚", "kan" }, { "隗", "wei" }, { "隗", "kui" }, { "钭", "tou" },
	{ "薄", "bo" }, { "柏", "bai" }, { "卜", "bu" }, { "曲", "qu" },
	{ "都", "du" }, { "强", "qiang" }, { "纪", "ji" }, { "牟", "mu" },
	{ "牟", "mou" }, { "俞", "yu" }, { "谌", "chen" }, { "谌", "shen" },
	{ "褚", "chu" }, { "訾", "zi" }, { "沈", "shen" }, { "重", "chong" },
};

/* ---- words in ------------------------------------------------------------ */

static gboolean
word_put(struct store *store, int64_t patient, int kind, const char *word,
    GError **error)
{
	static const char sql[] = "INSERT OR IGNORE INTO name_word(word,"
	    " patient, kind) VALUES(?1, ?2, ?3)";
	g_autofree char *cut = NULL;
	const char *end;

	if (!*word)
		return TRUE;
	cut = g_strndup(word, WORD_MAX_BYTES);
	if (!g_utf8_validate(cut, -1, &end))
		cut[end - cut] = '\0';
	return db_run(store, error, sql, "sii", cut, patient, (int64_t)kind);
}

static gboolean
pinyin_put(struct store *store, int64_t patient, int base, const char *surname,
    const char *given, GError **error)
{
	g_autoptr(GString) full = g_string_new(NULL);
	g_autoptr(GString) initials = g_string_new(NULL);
	g_autofree char *more = NULL, *more_initials = NULL, *with_u = NULL;

	if (surname)
		pinyin_say(surname, full, initials);
	if (*given && pinyin_read(given, &more, &more_initials)) {
		g_string_append(full, more);
		g_string_append(initials, more_initials);
	}
	with_u = pinyin_with_u(full->str);
	return word_put(store, patient, base + NAME_PINYIN, full->str,
	    error) && (!with_u || word_put(store, patient, base + NAME_PINYIN,
	    with_u, error)) && word_put(store, patient, base + NAME_PINYIN,
	    initials->str, error);
}

/* As its surname is read, each way; and as the characters are read anywhere. */
static gboolean
readings_put(struct store *store, int64_t patient, int base, const char *name,
    GError **error)
{
	size_t matched = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(surnames); i++) {
		size_t len = strlen(surnames[i].han);

		if (!g_str_has_prefix(name, surnames[i].han) || len < matched)
			continue;
		matched = len;
		if (!pinyin_put(store, patient, base, surnames[i].read,
		    name + len, error))
			return FALSE;
	}
	return pinyin_put(store, patient, base, NULL, name, error);
}

/* From each character of a Chinese name on, so that a given name finds it. */
static gboolean
han_put(struct store *store, int64_t patient, int base, const char *name,
    GError **error)
{
	const char *p = name;

	if (!readings_put(store, patient, base, name, error))
		return FALSE;
	for (p = g_utf8_next_char(p); *p; p = g_utf8_next_char(p)) {
		if (!base_char_is_han(g_utf8_get_char(p)))
			continue;
		if (!word_put(store, patient, base + NAME_HAN, p, error) ||
		    !pinyin_put(store, patient, base, NULL, p, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
name_put(struct store *store, int64_t patient, int base, const char *name,
    GError **error)
{
	g_autofree char *fold = base_text_fold(name);
	g_auto(GStrv) words = NULL;

	g_strstrip(fold);
	if (!*fold || !word_put(store, patient, base + NAME_HAN, fold, error))
		return *fold == '\0';
	words = g_strsplit_set(fold, " ,.-", 8);
	for (size_t i = 0; words[i]; i++)
		if (!word_put(store, patient, base + NAME_HAN, words[i],
		    error))
			return FALSE;
	return !base_char_is_han(g_utf8_get_char(fold)) ||
	    strlen(fold) > WORD_MAX_BYTES ||
	    han_put(store, patient, base, fold, error);
}

static gboolean
words_put(struct store *store, int64_t patient, const fhir_node *root,
    GError **error)
{
	size_t names = MIN(fhir_count(root, "name"), NAMES_MAX);
	size_t ids = MIN(fhir_count(root, "identifier"), NAMES_MAX);

	for (size_t i = 0; i < names; i++) {
		g_autofree char *name = fhir_one_name_words(fhir_at(root,
		    "name", i));

		if (name && !name_put(store, patient, 0, name, error))
			return FALSE;
	}
	for (size_t i = 0; i < ids; i++) {
		const char *value = fhir_text(fhir_at(root, "identifier", i),
		    "value");
		g_autofree char *fold = value ? base_text_fold(value) : NULL;

		if (fold && !word_put(store, patient, NAME_IDENTIFIER, fold,
		    error))
			return FALSE;
	}
	return TRUE;
}

gboolean
search_name_drop(struct store *store, int64_t patient, GError **error)
{
	static const char sql[] = "DELETE FROM name_word WHERE patient=?1";

	return db_run(store, error, sql, "i", patient);
}

static gboolean
patient_put(struct store *store, int64_t patient, GError **error)
{
	static const char sql[] = "SELECT bytes FROM body WHERE n=?1";
	sqlite3_stmt *st = db_query(store, error, sql, "i", patient);
	gboolean failed = FALSE, ok = TRUE;

	if (st && db_row(store, st, &failed, error)) {
		BASE_AUTO(fhir_doc) doc = fhir_parse(sqlite3_column_blob(st,
		    0), (size_t)sqlite3_column_bytes(st, 0), NULL, NULL);

		ok = !doc || words_put(store, patient, fhir_root(doc), error);
	}
	db_done(st);
	return st && ok && !failed;
}

/* Of others there is often no more than what a message says of its sender. */
static gboolean
other_put(struct store *store, int64_t n, GError **error)
{
	static const char sql[] = "SELECT words FROM named WHERE n=?1";
	g_autofree char *words = NULL;

	return db_text_get(store, error, &words, sql, "i", n) && (!words ||
	    name_put(store, n, NAME_OTHER, words, error));
}

gboolean
search_name_put(struct store *store, int64_t n, const char *type,
    GError **error)
{
	return search_name_drop(store, n, error) &&
	    (strcmp(type, "Patient") == 0 ? patient_put(store, n, error) :
	    other_put(store, n, error));
}

gboolean
search_name_need(struct store *store, int64_t n, GError **error)
{
	static const char sql[] = "SELECT EXISTS(SELECT 1 FROM name_word"
	    " WHERE patient=?1)";
	int64_t is;

	return db_int(store, error, 0, &is, sql, "i", n) &&
	    (is || other_put(store, n, error));
}

/* ---- by the index -------------------------------------------------------- */

/* A word whole, and its beginnings that are too short to be looked for as such;
 * a blank stands between tokens. */
static void
name_token(GString *out, const char *word, size_t len)
{
	gsize at;

	while (len > SEARCH_TOKEN_MAX_BYTES ||
	    ((unsigned char)word[len] & 0xc0) == 0x80)
		len--;
	at = out->len;
	g_string_append_c(out, SEARCH_MARK_NAME);
	if (g_utf8_strlen(word, (gssize)len) <= SEARCH_BEGINNING)
		g_string_append_c(out, SEARCH_MARK);
	g_string_append_len(out, word, (gssize)len);
	for (; at < out->len; at++)
		if (out->str[at] == ' ')
			out->str[at] = '\x1f';
}

static void
name_marks(GString *out, const char *word)
{
	const char *p = word;

	for (int i = 0; i < SEARCH_BEGINNING && *p; i++) {
		p = g_utf8_next_char(p);
		if (out->len)
			g_string_append_c(out, ' ');
		name_token(out, word, (size_t)(p - word));
	}
	if (*p) {
		g_string_append_c(out, ' ');
		name_token(out, word, strlen(word));
	}
}

gboolean
search_name_marks(struct store *store, int64_t n, char **marks,
    GError **error)
{
	static const char sql[] = "SELECT word FROM name_word"
	    " WHERE patient=?1 AND kind < ?2 ORDER BY word, kind";
	sqlite3_stmt *st = db_query(store, error, sql, "ii", n,
	    (int64_t)NAME_OTHER);
	g_autoptr(GString) out = g_string_new(NULL);
	gboolean failed = st == NULL;

	while (!failed && db_row(store, st, &failed, error))
		name_marks(out, db_col(st, 0));
	db_done(st);
	*marks = !failed && out->len ? g_strdup(out->str) : NULL;
	return !failed;
}

static void
name_want(GPtrArray *clauses, const char *term)
{
	g_autoptr(GString) token = g_string_new(NULL);
	gboolean begins = g_utf8_strlen(term, -1) > SEARCH_BEGINNING;

	name_token(token, term, strlen(term));
	search_clause_add(clauses, begins ? SEARCH_BEGINS : SEARCH_HAS_TOKEN,
	    "", token->str, token->len);
}

/* ---- found --------------------------------------------------------------- */

static gboolean
begins(struct store *store, int64_t patient, const char *term, GError **error,
    gboolean *yes)
{
	static const char sql[] = "SELECT EXISTS(SELECT 1 FROM name_word"
	    " WHERE patient=?1 AND word>=?2 AND word<?3)";
	g_autofree char *end = g_strconcat(term, "\xf4\x8f\xbf\xbf", NULL);
	int64_t is;

	if (!db_int(store, error, 0, &is, sql, "iss", patient, term, end))
		return FALSE;
	*yes = is != 0;
	return TRUE;
}

static gboolean
begin_all(struct store *store, int64_t patient, char *const *terms, size_t n,
    gboolean *yes, GError **error)
{
	*yes = TRUE;
	for (size_t i = 0; i < n && *yes; i++)
		if (!begins(store, patient, terms[i], error, yes))
			return FALSE;
	return TRUE;
}

enum { LOOKS_A_CLOCK = 8 };

/* By the first term, in the order of the words. */
static GArray *
names_by_word(struct store *store, char *const *terms, size_t n, int64_t kinds,
    guint limit, int64_t end_us, gboolean *cut, GError **error)
{
	static const char sql[] = "SELECT patient FROM name_word"
	    " WHERE word>=?1 AND word<?2 AND kind < ?3 ORDER BY word, patient";
	g_autofree char *end = g_strconcat(*terms, "\xf4\x8f\xbf\xbf", NULL);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash,
	    g_direct_equal);
	g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(int64_t));
	sqlite3_stmt *st = db_query(store, error, sql, "ssi", *terms, end,
	    kinds);
	gboolean failed = st == NULL, yes = TRUE;

	for (int i = 1; !failed && db_row(store, st, &failed, error); i++) {
		int64_t patient = sqlite3_column_int64(st, 0);

		if (out->len >= limit || (i % LOOKS_A_CLOCK == 0 &&
		    g_get_monotonic_time() >= end_us)) {
			*cut = TRUE;
			break;
		}
		if (touched(seen, patient))
			continue;
		touch(seen, patient);
		failed = !begin_all(store, patient, terms + 1, n - 1, &yes,
		    error);
		if (yes)
			g_array_append_val(out, patient);
	}
	db_done(st);
	return failed ? NULL : g_steal_pointer(&out);
}

/* Several: by the index, for of two surnames no patient may have both, and to ask
 * all who have the first takes long. */
static GArray *
names_by_index(struct store *store, char *const *terms, size_t n, guint limit,
    int64_t end_us, gboolean *cut, GError **error)
{
	g_autoptr(GPtrArray) clauses = search_clauses_new();
	g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(int64_t));
	enum search_step step = SEARCH_STEP_ONE;
	BASE_AUTO(search_scan) scan = NULL;
	struct search_doc doc;
	gboolean yes;

	for (size_t i = 0; i < n; i++)
		name_want(clauses, terms[i]);
	scan = search_scan_new(store, clauses, G_MININT64, G_MAXINT64, error);
	while (scan && step == SEARCH_STEP_ONE) {
		int64_t who;

		step = search_scan_next(scan, &doc, end_us, error);
		if (step != SEARCH_STEP_ONE)
			break;
		who = doc.what / ENTRY_PARTS;
		if (!begin_all(store, who, terms, n, &yes, error))
			return NULL;
		if (yes && out->len >= limit)
			step = SEARCH_STEP_LATE;
		else if (yes)
			g_array_append_val(out, who);
	}
	*cut |= step == SEARCH_STEP_LATE;
	return scan && step != SEARCH_STEP_FAILED ? g_steal_pointer(&out) :
	    NULL;
}

GArray *
search_names(struct store *store, char *const *terms, size_t n,
    gboolean patients, guint limit, int64_t end_us, gboolean *cut,
    GError **error)
{
	return n > 1 && patients ? names_by_index(store, terms, n, limit,
	    end_us, cut, error) : names_by_word(store, terms, n, patients ?
	    NAME_OTHER : 2 * NAME_OTHER, limit, end_us, cut, error);
}
