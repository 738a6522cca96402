/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scripted pharmacist: reviews what a doctor signed, prepares and hands out
 * what was approved, sends it home. Works on the storage alone, as any client
 * would, so that versions, stamps and sockets follow.
 *
 * A review is asked for by a Task of status requested, whose focus is a
 * MedicationRequest or whose groupIdentifier is that of some, and which is meant
 * for a pharmacist: owner Practitioner/he-qingyue, or performerType
 * http://snomed.info/sct|46255001, or code fulfill, approve or abort of
 * http://hl7.org/fhir/CodeSystem/task-code while nobody else is named. It is about
 * the focus, the references in input, and all orders of their groupIdentifier. A
 * proposal in focus makes it a renewal, which is the doctor's.
 *
 * orders draft: approved (orders active, Task completed) or rejected (orders
 * stay, Task rejected with statusReason). No draft among them: the doctor told of
 * a withdrawal, which is honoured, and the Task is completed.
 *
 * An approved order gets a MedicationDispense "ORDER-ph": preparation, then
 * completed, declined when nobody comes, or stopped when the order was. Then a
 * SupplyDelivery "ORDER-way": in-progress, completed or abandoned; a product that
 * no courier may carry has none. After that an order without refills is
 * completed.
 */
#ifndef QN_CLINIC_PHARMACIST_H
#define QN_CLINIC_PHARMACIST_H

#include "clinic/db.h"

enum pharmacist_mode {
	PHARMACIST_APPROVE, PHARMACIST_REJECT,
	PHARMACIST_SLOW,    /* approves, after hours */
	PHARMACIST_MIXED,   /* approve, reject, approve, slow, the parcel is
	                     * lost, nobody fetches it; then from the start */
	PHARMACIST_REVIEW,  /* approves, and hands nothing out */
	PHARMACIST_LOSE,    /* every parcel is lost */
	PHARMACIST_KEEP,    /* nobody fetches anything */
	PHARMACIST_OFF,
	PHARMACIST_MODES_
};
extern const char *const pharmacist_modes[PHARMACIST_MODES_];

struct clinic_pharmacist;
/* Registers itself with clinic_on_write(); db must outlive it. pace as for the
 * patients: 1 as people work, 0 never. Reviews that wait already are taken up. */
struct clinic_pharmacist *clinic_pharmacist_new(struct clinic_db *db,
    enum pharmacist_mode mode, double pace, int64_t now_ms);
/* Does what is due by now; the time of what will be due next, or INT64_MAX. */
int64_t clinic_pharmacist_tick(struct clinic_pharmacist *ph, int64_t now_ms);
void clinic_pharmacist_free(struct clinic_pharmacist *ph);

#endif
