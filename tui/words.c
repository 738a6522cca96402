/* SPDX-License-Identifier: Apache-2.0 */
/* Words that several views show; every text from outside passes the gate here. */
#include "tui/ui.h"

enum { NAME_COLS_MIN = 6 };

char *
words_shown(const char *text)
{
	return base_text_show(text ? text : "", -1, BASE_ONE_LINE);
}

const char *
words_sex(const char *code)
{
	if (!code || !strcmp(code, "unknown"))
		return "";
	if (!strcmp(code, "male"))
		return _("M");
	if (!strcmp(code, "female"))
		return _("F");
	return _("other");
}

char *
words_name(const struct patient_brief *p)
{
	g_autofree char *name = NULL;

	if (p->name)
		name = base_text_show(p->name, -1, BASE_ONE_LINE);
	if (name && *name)
		return g_steal_pointer(&name);
	return g_strdup(p->flags & PATIENT_UNKNOWN ? _("(patient not yet here)")
	    : _("(no name)"));
}

char *
words_sex_age(const struct patient_brief *p)
{
	g_autofree char *age = base_age_words(p->birth_date, p->deceased_date);
	const char *sex = words_sex(p->sex);

	if (!age || !*age)
		return g_strdup(sex);
	return g_strdup_printf("%s%s%s", sex, *sex ? " " : "", age);
}

char *
words_flags(const struct patient_brief *p)
{
	static const struct { unsigned flag; const char *words; } flags[] = {
		{ PATIENT_DECEASED, N_("†died") },
		{ PATIENT_MERGED, N_("merged") },
		{ PATIENT_INACTIVE, N_("inactive") },
		{ PATIENT_ALIKE, N_("namesake") },
	};
	GString *s = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
		if (!(p->flags & flags[i].flag))
			continue;
		if (s->len)
			g_string_append_c(s, ' ');
		g_string_append(s, _(flags[i].words));
	}
	return g_string_free(s, FALSE);
}

/* Namesakes may be of one sex and age: the day of birth tells them apart. */
static char *
namesake_born(const struct patient_brief *p)
{
	return words_shown(p->flags & PATIENT_ALIKE ? p->birth_date : NULL);
}

char *
words_marks(const struct patient_brief *p)
{
	g_autofree char *flags = words_flags(p);
	g_autofree char *born = namesake_born(p);

	return *born ? g_strdup_printf(_("%s, born %s"), flags, born) :
	    g_steal_pointer(&flags);
}

/* The day of birth stands before the flags: it must not be what is cut. */
char *
words_person(const struct patient_brief *p)
{
	g_autofree char *person = words_sex_age(p);
	g_autofree char *flags = words_flags(p);
	g_autofree char *born = namesake_born(p);

	return g_strdup_printf("%s%s%s%s%s", person, *person && *born ? " " :
	    "", born, (*person || *born) && *flags ? "  " : "", flags);
}

/* The name gives way first; whatever is cut ends in an ellipsis. */
char *
words_fit(const char *name, const char *person, int cols)
{
	int rest = *person ? base_text_cols(person, -1) + 2 : 0;
	g_autofree char *cut = base_text_cut(name, MAX(cols - rest,
	    NAME_COLS_MIN));
	g_autofree char *whole = g_strdup_printf("%s%s%s", cut,
	    *person ? "  " : "", person);

	return base_text_cut(whole, MAX(cols, 1));
}

char *
words_patient_fit(const struct patient_brief *p, int cols)
{
	g_autofree char *name = words_name(p);
	g_autofree char *person = words_person(p);

	return words_fit(name, person, cols);
}

char *
words_patient(const struct patient_brief *p)
{
	return words_patient_fit(p, G_MAXINT / 2);
}

char *
words_size(int64_t bytes)
{
	if (bytes <= 0)
		return g_strdup("");
	if (bytes < 1024)
		return g_strdup_printf(_("%d bytes"), (int)bytes);
	if (bytes < 1024 * 1024)
		return g_strdup_printf("%.0f KB", (double)bytes / 1024);
	return g_strdup_printf("%.1f MB", (double)bytes / 1024 / 1024);
}

char *
words_patient_of(struct tui *ui, struct patient_id patient)
{
	g_autoptr(GStringChunk) text = NULL;
	struct patient_brief brief;

	if (!patient.n || !ui->store)
		return NULL;
	text = g_string_chunk_new(256);
	return store_patient_brief(ui->store, patient, text, &brief, NULL) ?
	    words_patient(&brief) : NULL;
}

char *
words_open_patient(struct tui *ui)
{
	return words_patient_of(ui, ui->patient);
}

const char *
words_file(const char *content_type)
{
	static const struct { const char *prefix, *words; } types[] = {
		{ "image/", N_("picture") }, { "audio/", N_("sound") },
		{ "video/", N_("film") }, { "application/pdf", N_("PDF") },
	};

	for (size_t i = 0; content_type && i < G_N_ELEMENTS(types); i++)
		if (g_str_has_prefix(content_type, types[i].prefix))
			return _(types[i].words);
	return _("file");
}

char *
words_under_page(struct tui *ui)
{
	struct view *top;

	if (!ui->over->len)
		return words_open_patient(ui);
	top = ui->over->pdata[ui->over->len - 1];
	return top->ops->whose ? top->ops->whose(top) : NULL;
}
