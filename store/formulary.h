/* SPDX-License-Identifier: Apache-2.0 */
/* Internal to store/: what drugs are found by. */
#ifndef QN_STORE_FORMULARY_H
#define QN_STORE_FORMULARY_H

#include "store/rx_row.h"

/* drug_word.kind */
enum drug_word { DRUG_CODE, DRUG_NAME, DRUG_BRAND, DRUG_PART, DRUG_PINYIN,
	DRUG_INITIALS };
gboolean formulary_drop(struct store *store, int64_t n, GError **error);

#endif
