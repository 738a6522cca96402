/* SPDX-License-Identifier: Apache-2.0 */
#include "clinic/patients_priv.h"

#include <string.h>

struct seed_person *
talk_person(const struct clinic_seed_options *options, const char *patient_id)
{
	struct seed_person *p = g_new0(struct seed_person, 1);

	if (seed_person_known(p, options, patient_id))
		return p;
	g_free(p);
	return NULL;
}

/* ---- reading the doctor ---- */

/* Where one of the words stands, -1: none does. */
static int
place_of(const char *text, const char *keys)
{
	g_auto(GStrv) words = g_strsplit(keys, "|", -1);
	int best = -1;

	for (char **w = words; *w; w++) {
		const char *at = strstr(text, *w);

		if (at && (best < 0 || at - text < best))
			best = (int)(at - text);
	}
	return best;
}

static gboolean
is_question(const char *text)
{
	return place_of(text, "?|？|吗|呢|几|多少|有没有|是不是|什么") >= 0;
}

/* ---- choosing what to say ---- */

static gboolean
sayable(const struct talk_script *talk, const char *line)
{
	return talk->person || !strchr(line, '$');
}

/* The first line of the list not said yet, since the likeliest stand first;
 * NULL when there is none. */
static const char *
unsaid(struct talk_script *talk, const char *const list[ANSWERS_MAX],
    guint8 *used)
{
	for (int i = 0; i < ANSWERS_MAX && list[i]; i++) {
		if (*used & 1 << i || !sayable(talk, list[i]))
			continue;
		*used |= (guint8)(1 << i);
		return list[i];
	}
	return NULL;
}

static const char *const *
list_of(const struct talk_script *talk, const struct answer_topic *topic,
    gboolean question)
{
	if (talk->english)
		return question ? topic->ask_en : topic->told_en;
	return question ? topic->ask_zh : topic->told_zh;
}

static void
say(struct talk_script *talk, GString *out, const char *line)
{
	if (out->len)
		g_string_append(out, talk->english ? " " : "");
	seed_text_expand(out, line, &talk->rng, seed_person_slot, talk->person);
}

static gboolean
say_of(struct talk_script *talk, GString *out, int topic, gboolean question)
{
	const struct answer_topic *of = topic < answer_topics_count
	    ? &answer_topics[topic] : &answer_fallback;
	int row = MIN(topic, ANSWER_TOPICS_MAX);
	const char *line = unsaid(talk, list_of(talk, of, question),
	    &talk->used[row][question]);

	if (line)
		say(talk, out, line);
	return line != NULL;
}

static gboolean
say_closing(struct talk_script *talk, GString *out)
{
	const char *line;

	if (talk->state == TALK_ENDED)
		return FALSE;
	talk->state = TALK_ENDED;
	line = unsaid(talk, talk->english ? answer_closing_en
	                                  : answer_closing_zh, &talk->closed);
	if (line)
		say(talk, out, line);
	return line != NULL;
}

/* Answers the first subjects in the order in which they were raised. */
#define SUBJECTS 3

static int
say_topics(struct talk_script *talk, const char *text, GString *out,
    gboolean question, gboolean *picture)
{
	gboolean done[ANSWER_TOPICS_MAX] = { FALSE };
	int said = 0;

	while (said < SUBJECTS) {
		int best = -1, at = G_MAXINT;

		for (int i = 0; i < answer_topics_count; i++) {
			int here = place_of(text, answer_topics[i].keys);

			if (!done[i] && here >= 0 && here < at) {
				at = here;
				best = i;
			}
		}
		if (best < 0)
			break;
		done[best] = TRUE;
		if (!say_of(talk, out, best, question))
			continue;
		said++;
		*picture |= answer_topics[best].picture;
	}
	return said;
}

gboolean
talk_answer(struct talk_script *talk, const char *doctor, GString *out,
    gboolean *picture)
{
	g_autofree char *text = g_ascii_strdown(doctor, -1);
	gboolean question = is_question(text);

	*picture = FALSE;
	talk->anew = 0;
	if (talk->answers >= TALK_CAP ||
	    (talk->state == TALK_ENDED && !question))
		return FALSE;
	if (talk->state == TALK_ENDED)
		talk->state = TALK_OPEN;
	talk->advice = question ? 0 : talk->advice + 1;
	if (++talk->answers == TALK_CAP ||
	    (!question && place_of(text, answer_farewell_keys) >= 0))
		return say_closing(talk, out);
	if (say_topics(talk, text, out, question, picture) == 0 &&
	    !say_of(talk, out, ANSWER_TOPICS_MAX, question))
		return say_closing(talk, out);
	if (talk->advice >= 2)
		say_closing(talk, out);
	return TRUE;
}

/* Twice unanswered, nobody goes on writing. */
#define ANEW_MAX 2

gboolean
talk_anew(struct talk_script *talk, GString *out)
{
	const char *line = NULL;

	if (talk->anew >= ANEW_MAX)
		return FALSE;
	for (int i = 0; i < answer_anew_count && !line; i++) {
		gboolean any = answer_anew[i].icd10[0] == '\0';

		if (g_str_has_prefix(talk->icd10, answer_anew[i].icd10))
			line = unsaid(talk, talk->english ? answer_anew[i].en
			                                  : answer_anew[i].zh,
			    &talk->anew_used[any]);
	}
	if (!line)
		return FALSE;
	talk->anew++;
	talk->state = TALK_OPEN;
	talk->advice = 0;
	say(talk, out, line);
	return TRUE;
}
