/* SPDX-License-Identifier: Apache-2.0 */
/* One order as a value. */
#include "care/order_room.h"

#include <string.h>

static const size_t texts[] = {
#define TEXT(field) G_STRUCT_OFFSET(struct care_order, field)
	TEXT(dose), TEXT(dose_high), TEXT(dose_unit), TEXT(as_needed_for),
	TEXT(quantity), TEXT(quantity_unit), TEXT(note), TEXT(preparation),
	TEXT(was),
#undef TEXT
};

struct care_order *
care_order_new(void)
{
	struct care_order *order = g_new0(struct care_order, 1);

	order->refills = -1;
	return order;
}

struct care_order *
care_order_copy(const struct care_order *order)
{
	struct care_order *copy = g_memdup2(order, sizeof(*order));

	copy->drug = care_drug_copy(order->drug);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		G_STRUCT_MEMBER(char *, copy, texts[i]) =
		    g_strdup(G_STRUCT_MEMBER(char *, order, texts[i]));
	return copy;
}

void
care_order_free(struct care_order *order)
{
	if (!order)
		return;
	care_drug_free(order->drug);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(G_STRUCT_MEMBER(char *, order, texts[i]));
	g_free(order);
}
