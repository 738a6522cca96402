/* SPDX-License-Identifier: Apache-2.0 */
/* What a scripted patient says: the words (data/answer.c) and the machine that
 * chooses among them (patients_talk.c). No storage, no clock. */
#ifndef QN_CLINIC_PATIENTS_PRIV_H
#define QN_CLINIC_PATIENTS_PRIV_H

#include <jansson.h>

#include "clinic/seed_priv.h"

/* keys: words to look for, '|' between; ASCII ones in lower case. ask is said
 * to a question, told to advice. Lines with a $slot are for patients whose
 * chart we made; every list has one without. */
#define ANSWERS_MAX 5
struct answer_topic {
	const char *keys;
	const char *ask_zh[ANSWERS_MAX], *told_zh[ANSWERS_MAX];
	const char *ask_en[ANSWERS_MAX], *told_en[ANSWERS_MAX];
	gboolean picture;
};
extern const struct answer_topic answer_topics[];
extern const int answer_topics_count;
#define ANSWER_TOPICS_MAX 32
/* When no topic fits. */
extern const struct answer_topic answer_fallback;
extern const char *const answer_closing_zh[ANSWERS_MAX];
extern const char *const answer_closing_en[ANSWERS_MAX];
extern const char answer_farewell_keys[];

/* What someone with this disease writes unasked. icd10 is a prefix; the last
 * has "" and fits all. */
struct answer_anew {
	const char *icd10;
	const char *zh[ANSWERS_MAX], *en[ANSWERS_MAX];
};
extern const struct answer_anew answer_anew[];
extern const int answer_anew_count;

/* ---- the machine ---- */

enum talk_state { TALK_OPEN, TALK_ENDED };
/* In one thread at most so many answers, whatever is asked. */
#define TALK_CAP 12
struct talk_script {
	enum talk_state state;
	gboolean english;
	char icd10[8];
	int answers;             /* given so far */
	int advice;              /* answers to advice since the last question */
	int anew;                /* unasked messages since the doctor wrote */
	guint8 used[ANSWER_TOPICS_MAX + 1][2]; /* bit i: line i was said */
	guint8 closed, anew_used[2];
	struct seed_rng rng;
	struct seed_person *person; /* NULL: not of the seed. Owned. */
};
/* Appends what is said to the doctor's words; FALSE: nothing. */
gboolean talk_answer(struct talk_script *talk, const char *doctor, GString *out,
    gboolean *picture);
gboolean talk_anew(struct talk_script *talk, GString *out);
/* The person behind "pt17" or "nw3", or NULL. Owned. */
struct seed_person *talk_person(const struct clinic_seed_options *options,
    const char *patient_id);

/* ---- between patients.c and patients_act.c ---- */

enum due_kind { DUE_ANSWER, DUE_ANEW, DUE_RESULT };

struct due {
	int64_t at_ms;
	enum due_kind kind;
	char *thread;  /* header's id, or the ServiceRequest's */
	char *message; /* the doctor's, answered by this */
	char *words;   /* what the doctor wrote, or the test's name */
};

struct thread {
	char *id, *patient, *kin; /* kin NULL: the patient writes */
	struct talk_script talk;
};

struct clinic_patients {
	struct clinic_db *db;
	struct clinic_seed_options seed; /* as the clinic was seeded */
	char *practitioner;
	double pace;
	int64_t started_ms, heard_ms; /* the doctor was last heard */
	GPtrArray *dues;              /* struct due, in no order */
	GHashTable *threads;          /* header id → struct thread */
	GHashTable *heard;            /* ids of the doctor's messages taken */
	GPtrArray *open;              /* ids of headers that may write anew */
	struct seed_rng rng;
	int newcomers, next_index;
};

/* Does the seed's patient prefix + index ("pt", 3) exist? */
gboolean patient_here(struct clinic_patients *ps, const char *prefix,
    int index);
/* The next time someone writes unasked. */
void due_anew(struct clinic_patients *ps, int64_t now_ms);
void due_run(struct clinic_patients *ps, const struct due *due,
    int64_t now_ms);
void thread_free(gpointer thread);

/* JSON as the storage has it; NULL and "absent" are one. */
json_t *patients_load(struct clinic_patients *ps, const char *type,
    const char *id);
const char *text_at(const json_t *object, const char *key);
const char *reference_at(const json_t *object, const char *key);
/* The id in "Type/id" when it is of that type, else NULL. */
const char *id_in(const char *reference, const char *type);

#endif
