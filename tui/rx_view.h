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

/* What the old order said where the renewed one leaves it open; NULL: nothing is
 * open. Owned. */
char *rx_was_words(const struct care_order *order);

/* The drug lines of a prescription, as the signed bytes say them. */
void rx_sheet_orders(struct sheet *s, const struct care_rx *rx);
/* "Type/id" in a sentence as a doctor says it ("order", a colleague's name);
 * owned. The record and `x` keep the reference. */
char *rx_plain(struct tui *ui, const char *text);
/* The sight, so that a clean one is seen whole: what is in the way or warns, the
 * gravest first, a line each; what a doctor weighs (results, fills, a gate nobody
 * can judge); then all that passed, with what each rests on, in two paragraphs. */
void rx_sheet_open(struct tui *ui, struct sheet *s, const GPtrArray *findings);
void rx_sheet_facts(struct tui *ui, struct sheet *s,
    const struct care_renewal *renewal);
void rx_sheet_passed(struct tui *ui, struct sheet *s, const GPtrArray *findings,
    const struct care_renewal *renewal_or_null);
/* One of them: its words (owned), mark and element; and the notes for the
 * record, NULL when there are none. */
char *rx_finding_words(struct tui *ui, const struct care_finding *finding);
const char *rx_finding_mark(const struct care_finding *finding);
enum element rx_finding_element(const struct care_finding *finding);
char *rx_notes_words(const GPtrArray *findings);
/* The lane: every gate of a renewal on a line of its own, what is new, the
 * results that matter, what was handed out. */
void rx_sheet_renewal(struct tui *ui, struct sheet *s,
    const struct care_renewal *renewal);
/* Page with document, article and numbers of a finding. */
void rx_explain(struct tui *ui, const struct care_finding *finding);
/* … of all of them. */
void rx_explain_all(struct tui *ui, const GPtrArray *findings);

#endif
