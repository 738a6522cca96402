/* SPDX-License-Identifier: Apache-2.0 */
/* A prescription as a value, and the names it goes by. */
#include "care/order_room.h"

#include <string.h>

static const size_t texts[] = {
#define TEXT(field) G_STRUCT_OFFSET(struct care_rx, field)
	TEXT(identifier), TEXT(subject_ref), TEXT(requester_ref),
	TEXT(subject_words), TEXT(language), TEXT(diagnosis.system),
	TEXT(diagnosis.code), TEXT(diagnosis.words), TEXT(diagnosis.ref),
	TEXT(consult_ref), TEXT(prior_ref), TEXT(prior_version),
	TEXT(based_on_ref), TEXT(task_ref), TEXT(task_version),
	TEXT(co_doctor_ref), TEXT(co_doctor_words), TEXT(decoction),
#undef TEXT
};

static void
order_free(void *order)
{
	care_order_free(order);
}

static void
proof_free(void *data)
{
	struct care_proof *proof = data;

	g_free(proof->rule);
	g_free(proof->asked);
	g_free(proof->text);
	g_free(proof);
}

struct care_rx *
care_rx_new(void)
{
	struct care_rx *rx = g_new0(struct care_rx, 1);

	rx->orders = g_ptr_array_new_with_free_func(order_free);
	rx->proofs = g_ptr_array_new_with_free_func(proof_free);
	return rx;
}

void
care_rx_free(struct care_rx *rx)
{
	if (!rx)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(G_STRUCT_MEMBER(char *, rx, texts[i]));
	g_ptr_array_unref(rx->orders);
	g_ptr_array_unref(rx->proofs);
	g_free(rx);
}

struct care_rx *
care_rx_copy(const struct care_rx *rx)
{
	struct care_rx *copy = g_memdup2(rx, sizeof(*rx));

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		G_STRUCT_MEMBER(char *, copy, texts[i]) =
		    g_strdup(G_STRUCT_MEMBER(char *, rx, texts[i]));
	copy->orders = g_ptr_array_new_with_free_func(order_free);
	for (guint i = 0; i < rx->orders->len; i++)
		g_ptr_array_add(copy->orders,
		    care_order_copy(rx->orders->pdata[i]));
	copy->proofs = g_ptr_array_new_with_free_func(proof_free);
	for (guint i = 0; i < rx->proofs->len; i++) {
		const struct care_proof *proof = rx->proofs->pdata[i];

		care_rx_prove(copy, proof->rule, proof->asked, proof->text);
	}
	return copy;
}

/* ---- proofs ------------------------------------------------------------- */

static struct care_proof *
find_proof(const struct care_rx *rx, const char *rule, const char *asked)
{
	for (guint i = 0; i < rx->proofs->len; i++) {
		struct care_proof *proof = rx->proofs->pdata[i];

		if (strcmp(proof->rule, rule) == 0 &&
		    g_strcmp0(proof->asked, asked) == 0)
			return proof;
	}
	return NULL;
}

void
care_rx_prove(struct care_rx *rx, const char *rule, const char *asked,
    const char *text)
{
	struct care_proof *proof = find_proof(rx, rule, asked);

	if (!proof) {
		proof = g_new0(struct care_proof, 1);
		proof->rule = g_strdup(rule);
		proof->asked = g_strdup(asked);
		g_ptr_array_add(rx->proofs, proof);
	}
	g_free(proof->text);
	proof->text = g_strdup(text);
}

const char *
care_rx_proof(const struct care_rx *rx, const char *rule, const char *asked)
{
	const struct care_proof *proof = find_proof(rx, rule, asked);

	return proof ? proof->text : NULL;
}

/* ---- names -------------------------------------------------------------- */

/* The space of renewals; a random UUID, made once for this. */
static const char renewal_space[] =
    "urn:uuid:5b0f6c1e-93b5-4c5a-8f7b-6e4d1e2a9c37";

void
care_rx_identify(struct care_rx *rx, const char *withdrawn)
{
	g_autofree char *uuid = NULL;
	g_autofree char *name = NULL;

	g_clear_pointer(&rx->identifier, g_free);
	if (rx->prior_ref && !rx->task_ref) {
		name = g_strdup_printf("%s|%s", rx->prior_ref,
		    rx->prior_version ? rx->prior_version : "");
		rx->identifier = care_uuid5(withdrawn ? withdrawn :
		    renewal_space, name);
	}
	if (rx->identifier)
		return;
	uuid = g_uuid_string_random();
	rx->identifier = g_strconcat("urn:uuid:", uuid, NULL);
}

char *
care_rx_line_identifier(const struct care_rx *rx, int i)
{
	char name[16];

	g_snprintf(name, sizeof(name), "%d", i);
	return care_uuid5(rx->identifier, name);
}
