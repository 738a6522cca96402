/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screens of prescribing: the renewal lane, the order, the sight before the
 * signature. All of them are pages over the panes and work through the desk.
 */
#ifndef QN_TUI_RX_VIEW_H
#define QN_TUI_RX_VIEW_H

#include "tui/desk.h"
#include "tui/sheet.h"
#include "tui/ui.h"

/* ---- renewal.c: requests judged, marked, pended ------------------------- */

/* task n 0: from the first. */
struct view *renewal_view_new(struct tui *ui, struct task_id task);

/* ---- sign.c: one prescription after the other, each on its own sight ---- */

/* ids: GArray of struct rx_id, taken. */
struct view *sign_view_new(struct tui *ui, GArray *ids);

/* ---- order.c: the order line and the form ------------------------------- */

/* rx is taken; id n 0: not pended yet. */
struct view *order_view_new(struct tui *ui, struct care_rx *rx,
    struct patient_id patient, struct rx_id id, GError **error);

/* ---- rx_list.c: prescriptions and where they stand ---------------------- */

/* patient n 0: all of mine. */
struct view *rx_list_view_new(struct tui *ui, struct patient_id patient);

/* ---- rx_words.c: what several of them say ------------------------------- */

/* The drug lines of a prescription, as the signed bytes say them. */
void rx_sheet_orders(struct sheet *s, const struct care_rx *rx);
/* Findings, the gravest first: mark, rule, sentence, numbers, what it rests on. */
void rx_sheet_findings(struct sheet *s, const GPtrArray *findings);
/* The gates of a renewal, what was handed out, the results that matter. */
void rx_sheet_renewal(struct sheet *s, const struct care_renewal *renewal);
/* "awaiting pharmacist": every state has a word. */
const char *rx_state_words(enum rx_state state);
/* Page with document, article and numbers of a finding. */
void rx_explain(struct tui *ui, const struct care_finding *finding);

#endif
