/* SPDX-License-Identifier: Apache-2.0 */
/* Invented drugs and orders for the tests of this room, the same at every run. */
#ifndef QN_TESTS_CARE_ORDER_GEN_H
#define QN_TESTS_CARE_ORDER_GEN_H

#include "care/order.h"

enum { GEN_DRUGS = 12 };
/* A product of the small formulary; owned. Names of Latin letters and Han, with
 * digits, without strength, liquids, metered, herbs (the last two). */
struct care_drug *gen_drug(int i);
struct care_lookup gen_lookup(void);
/* Any order the struct can hold and a prescription can say. */
struct care_order *gen_order(GRand *rand);
struct care_order *gen_herb(GRand *rand);
struct care_rx *gen_rx(GRand *rand);
/* NULL when they are alike, else the member that differs. */
const char *order_difference(const struct care_order *a,
    const struct care_order *b);
const char *drug_difference(const struct care_drug *a,
    const struct care_drug *b);
const char *rx_difference(const struct care_rx *a, const struct care_rx *b);

#endif
