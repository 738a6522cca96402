/* SPDX-License-Identifier: Apache-2.0 */
#include "store/entry.h"

gboolean
entries_drop(struct ingest *in, const struct doc *doc, GError **error)
{
	static const char sql[] = "DELETE FROM entry WHERE e BETWEEN ?1 AND ?2";
	static const char aside[] = "DELETE FROM aside WHERE e=?1";
	int64_t e = doc->n * ENTRY_PARTS;

	return !doc->update || (db_run(in->store, error, sql, "ii", e,
	    e + ENTRY_PARTS - 1) && db_run(in->store, error, aside, "i", e));
}

gboolean
entry_put(struct ingest *in, const struct doc *doc, int part,
    const struct entry *e, GError **error)
{
	static const char sql[] = "INSERT INTO entry(e, patient, section, test,"
	    " date_ms, status, severe, drug, words, detail, value, unit, range,"
	    " interp, date, ucum, home) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
	    " ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";

	if (part >= ENTRY_PARTS || !doc->patient)
		return TRUE;
	return db_run(in->store, error, sql, "iiisiiiissssssssi",
	    doc->n * ENTRY_PARTS + part, doc->patient, (int64_t)e->section,
	    e->test, e->date_ms, (int64_t)e->status, (int64_t)e->severe,
	    e->drug, e->words, e->detail, e->value, e->unit, e->range,
	    e->interp, e->date, e->ucum, (int64_t)e->home);
}

enum entry_status
status_of(const struct doc *doc, const char *word,
    const struct status_word *words, size_t n)
{
	enum entry_status status = ENTRY_NOT_UNDERSTOOD;

	for (size_t i = 0; i < n; i++)
		if (g_strcmp0(word, words[i].word) == 0)
			status = words[i].status;
	/* Entered in error stays that, whatever else modifies it. */
	if (status != ENTRY_ENTERED_IN_ERROR &&
	    fhir_has_unknown_modifier(doc->root))
		return ENTRY_NOT_UNDERSTOOD;
	return status;
}

void
entry_date(struct entry *entry, const fhir_node *root, const char *const *paths)
{
	for (; *paths && !entry->date; paths++)
		if (fhir_time_ms(fhir_text(root, *paths), &entry->date_ms,
		    NULL))
			entry->date = fhir_text(root, *paths);
}
