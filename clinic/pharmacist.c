/* SPDX-License-Identifier: Apache-2.0 */
/* What the pharmacist hears, and when there is something to do. */
#include "clinic/pharmacist_priv.h"

#include <string.h>

const char *const pharmacist_modes[PHARMACIST_MODES_] = {
	[PHARMACIST_APPROVE] = "approve", [PHARMACIST_REJECT] = "reject",
	[PHARMACIST_SLOW] = "slow", [PHARMACIST_MIXED] = "mixed",
	[PHARMACIST_REVIEW] = "review", [PHARMACIST_LOSE] = "lose",
	[PHARMACIST_KEEP] = "keep", [PHARMACIST_OFF] = "off",
};

/* ---- errands ------------------------------------------------------------ */

static void
errand_free(gpointer data)
{
	struct errand *e = data;

	g_free(e->id);
	g_free(e);
}

void
pharmacist_will(struct clinic_pharmacist *ph, enum step step, enum fate fate,
    const char *id, int64_t now_ms, int low_s, int high_s)
{
	struct errand *e = g_new0(struct errand, 1);
	int ms = seed_rng_range(&ph->rng, low_s * 1000, high_s * 1000);

	*e = (struct errand){ now_ms + MAX((int64_t)(ms / ph->pace), 1), step,
		fate, g_strdup(id) };
	g_ptr_array_add(ph->errands, e);
}

static struct errand *
next_errand(struct clinic_pharmacist *ph)
{
	struct errand *best = NULL;

	for (guint i = 0; i < ph->errands->len; i++) {
		struct errand *e = g_ptr_array_index(ph->errands, i);

		if (!best || e->at_ms < best->at_ms)
			best = e;
	}
	return best;
}

int64_t
clinic_pharmacist_tick(struct clinic_pharmacist *ph, int64_t now_ms)
{
	struct errand *e;
	guint at;

	while ((e = next_errand(ph)) && e->at_ms <= now_ms) {
		/* Taken out first: what it writes may add more. */
		g_ptr_array_find(ph->errands, e, &at);
		g_ptr_array_steal_index_fast(ph->errands, at);
		pharmacist_do(ph, e, now_ms);
		errand_free(e);
	}
	return e ? e->at_ms : INT64_MAX;
}

/* ---- what is asked of a pharmacist -------------------------------------- */

static gboolean
has_code(const json_t *concept, const char *const *codes)
{
	const json_t *coding;
	size_t i;

	json_array_foreach(json_object_get(concept, "coding"), i, coding) {
		const char *code = text_at(coding, "code");

		if (code && g_strv_contains(codes, code))
			return TRUE;
	}
	return FALSE;
}

static gboolean
names_pharmacist(const json_t *task)
{
	static const char *const pharmacist[] = { "46255001", NULL };
	const json_t *type;
	size_t i;

	json_array_foreach(json_object_get(task, "performerType"), i, type)
		if (has_code(type, pharmacist))
			return TRUE;
	return FALSE;
}

static gboolean
for_pharmacist(const json_t *task)
{
	static const char *const reviews[] = { "fulfill", "approve", "abort",
		NULL };
	const char *owner = reference_at(task, "owner");

	if (owner)
		return strcmp(owner, SEED_PHARMACIST) == 0;
	if (json_object_get(task, "performerType"))
		return names_pharmacist(task);
	return has_code(json_object_get(task, "code"), reviews);
}

static void
hear_task(struct clinic_pharmacist *ph, const char *id, const json_t *task,
    int64_t now_ms)
{
	static const enum fate mixed[] = { FATE_APPROVE, FATE_REJECT,
		FATE_APPROVE, FATE_SLOW, FATE_LOST, FATE_LEFT };
	const char *status = text_at(task, "status");
	static const enum fate fates[PHARMACIST_MODES_] = {
		[PHARMACIST_APPROVE] = FATE_APPROVE,
		[PHARMACIST_REJECT] = FATE_REJECT,
		[PHARMACIST_SLOW] = FATE_SLOW,
		[PHARMACIST_REVIEW] = FATE_HELD,
		[PHARMACIST_LOSE] = FATE_LOST, [PHARMACIST_KEEP] = FATE_LEFT,
	};
	enum fate fate = fates[ph->mode];

	if (!status || strcmp(status, "requested") != 0 ||
	    !for_pharmacist(task))
		return;
	if (ph->mode == PHARMACIST_MIXED)
		fate = mixed[ph->reviews % (int)G_N_ELEMENTS(mixed)];
	ph->reviews++;
	if (fate == FATE_SLOW)
		pharmacist_will(ph, STEP_REVIEW, fate, id, now_ms, 3600, 7200);
	else
		pharmacist_will(ph, STEP_REVIEW, fate, id, now_ms, 15, 40);
}

char *
pharmacist_group(const json_t *resource)
{
	const json_t *group = json_object_get(resource, "groupIdentifier");
	const char *system = text_at(group, "system");
	const char *value = text_at(group, "value");

	return value ? g_strdup_printf("%s|%s", system ? system : "", value)
	             : NULL;
}

static void
hear_order(struct clinic_pharmacist *ph, const char *id, const json_t *order)
{
	g_autofree char *group = pharmacist_group(order);
	GHashTable *set = group ? g_hash_table_lookup(ph->groups, group) : NULL;

	if (!group)
		return;
	if (!set) {
		set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
		    NULL);
		g_hash_table_insert(ph->groups, g_steal_pointer(&group), set);
	}
	g_hash_table_add(set, g_strdup(id));
}

static void
hear(struct clinic_pharmacist *ph, const struct clinic_row *row,
    int64_t now_ms)
{
	json_t *json = json_loadb(row->json, row->len, 0, NULL);

	if (json && strcmp(row->type, "Task") == 0)
		hear_task(ph, row->id, json, now_ms);
	else if (json)
		hear_order(ph, row->id, json);
	json_decref(json);
}

static void
written(const struct clinic_row *row, void *user)
{
	struct clinic_pharmacist *ph = user;

	if (!row->deleted && row->updated_ms >= ph->started_ms &&
	    (strcmp(row->type, "Task") == 0 ||
	    strcmp(row->type, "MedicationRequest") == 0))
		hear(ph, row, row->updated_ms);
}

/* ---- from the beginning ------------------------------------------------- */

/* Of the many that may be there only these are worth a look. */
static gboolean
look(const struct clinic_row *row, void *user)
{
	struct clinic_pharmacist *ph = user;

	if (strstr(row->json, "\"requested\"") ||
	    strstr(row->json, "\"draft\""))
		hear(ph, row, ph->started_ms);
	return TRUE;
}

static gboolean
look_dispense(const struct clinic_row *row, void *user)
{
	struct clinic_pharmacist *ph = user;
	g_autofree char *order = g_str_has_suffix(row->id, "-ph")
	    ? g_strndup(row->id, strlen(row->id) - 3) : NULL;

	if (order && strstr(row->json, "\"preparation\""))
		pharmacist_will(ph, STEP_HAND_OVER, FATE_APPROVE, order,
		    ph->started_ms, 15, 35);
	return TRUE;
}

static void
set_free(gpointer set)
{
	g_hash_table_destroy(set);
}

struct clinic_pharmacist *
clinic_pharmacist_new(struct clinic_db *db, enum pharmacist_mode mode,
    double pace, int64_t now_ms)
{
	struct clinic_pharmacist *ph = g_new0(struct clinic_pharmacist, 1);

	ph->db = db;
	ph->mode = mode;
	ph->pace = pace;
	ph->started_ms = now_ms;
	ph->errands = g_ptr_array_new_with_free_func(errand_free);
	ph->groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	    set_free);
	ph->rng = seed_rng_make((uint64_t)mode, 0, 11);
	if (!(pace > 0) || mode == PHARMACIST_OFF)
		return ph;
	clinic_db_each(db, "MedicationRequest", look, ph, NULL);
	clinic_db_each(db, "Task", look, ph, NULL);
	clinic_db_each(db, "MedicationDispense", look_dispense, ph, NULL);
	clinic_on_write(db, written, ph);
	return ph;
}

void
clinic_pharmacist_free(struct clinic_pharmacist *ph)
{
	if (!ph)
		return;
	g_ptr_array_free(ph->errands, TRUE);
	g_hash_table_destroy(ph->groups);
	g_free(ph);
}
