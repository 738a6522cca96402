/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a typed line, for every kind of drug and as a herb: nothing is
 * complete that has a question, spans and questions lie inside the line in order,
 * and an order that was understood is written as a line that is read as the same.
 */
#include "tests/care/order_gen.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void
places_hold(const struct care_line *line, size_t len)
{
	for (guint i = 0; i < line->spans->len; i++) {
		const struct care_span *s = &g_array_index(line->spans,
		    struct care_span, i);

		must(s->start <= s->end && s->end <= len);
	}
	for (guint i = 0; i < line->questions->len; i++) {
		const struct care_question *q = line->questions->pdata[i];

		must(q->start <= q->end && q->end <= len && *q->sentence);
		must(g_utf8_validate(q->sentence, -1, NULL));
		for (guint k = 0; k < q->choices->len; k++)
			must(*(char *)q->choices->pdata[k]);
	}
}

static void
reads_back(const struct care_order *order, gboolean herbal)
{
	g_autofree char *text = care_line_write(order);
	BASE_AUTO(care_line) line = care_line_parse(text, NULL, order->drug,
	    herbal);

	if (strlen(text) <= CARE_LINE_MAX_BYTES)
		must(!order_difference(order, line->order));
}

static void
one(const char *text, const struct care_drug *drug, gboolean herbal)
{
	struct care_lookup lookup = gen_lookup();
	BASE_AUTO(care_line) line = care_line_parse(text, &lookup, drug,
	    herbal);
	g_autofree char *zh = care_order_sentence(line->order, "zh");
	g_autofree char *en = care_order_sentence(line->order, "en");

	places_hold(line, strlen(text));
	must(line->complete == (line->questions->len == 0));
	must(!line->complete || line->order->drug);
	must(zh && en);
	if (line->complete)
		reads_back(line->order, herbal);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct care_drug *drugs[GEN_DRUGS];
	g_autofree char *text = g_strndup((const char *)data, size);
	static guint turn;

	if (!drugs[0])
		for (int i = 0; i < GEN_DRUGS; i++)
			drugs[i] = gen_drug(i);
	one(text, NULL, FALSE);
	turn = (turn + 1) % GEN_DRUGS;
	one(text, drugs[turn], drugs[turn]->herbal);
	return 0;
}
