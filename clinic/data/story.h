/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the stories, one array each. */
#ifndef QN_CLINIC_STORY_H
#define QN_CLINIC_STORY_H

#include "clinic/seed_priv.h"

extern const struct seed_line aside_cover[];
extern const struct seed_line aside_weight[];
extern const struct seed_line fresh_bp_high[];
extern const struct seed_line fresh_bph[];
extern const struct seed_line fresh_chest[];
extern const struct seed_line fresh_child[];
extern const struct seed_line fresh_copd[];
extern const struct seed_line fresh_eczema[];
extern const struct seed_line fresh_en_cough[];
extern const struct seed_line fresh_en_migraine[];
extern const struct seed_line fresh_gout[];
extern const struct seed_line fresh_hives[];
extern const struct seed_line fresh_hypo[];
extern const struct seed_line fresh_metformin[];
extern const struct seed_line fresh_reflux[];
extern const struct seed_line fresh_sleep[];
extern const struct seed_line fresh_statin[];
extern const struct seed_line fresh_tooth[];
extern const struct seed_line story_anxiety[];
extern const struct seed_line story_bone[];
extern const struct seed_line story_bp_high[];
extern const struct seed_line story_bph[];
extern const struct seed_line story_chest[];
extern const struct seed_line story_child[];
extern const struct seed_line story_ckd[];
extern const struct seed_line story_copd[];
extern const struct seed_line story_diary[];
extern const struct seed_line story_died[];
extern const struct seed_line story_eczema[];
extern const struct seed_line story_en_check[];
extern const struct seed_line story_en_cough[];
extern const struct seed_line story_en_iron[];
extern const struct seed_line story_en_migraine[];
extern const struct seed_line story_gout[];
extern const struct seed_line story_hives[];
extern const struct seed_line story_hypo[];
extern const struct seed_line story_inr[];
extern const struct seed_line story_legs[];
extern const struct seed_line story_metformin[];
extern const struct seed_line story_parkinson[];
extern const struct seed_line story_refill[];
extern const struct seed_line story_reflux[];
extern const struct seed_line story_sleep[];
extern const struct seed_line story_statin[];
extern const struct seed_line story_stone[];
extern const struct seed_line story_thyroid[];
extern const struct seed_line story_tooth[];

#endif
