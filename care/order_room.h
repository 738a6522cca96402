/* SPDX-License-Identifier: Apache-2.0 */
/* What the files about orders share among themselves; not for other rooms. */
#ifndef QN_CARE_ORDER_ROOM_H
#define QN_CARE_ORDER_ROOM_H

#include "care/order.h"

#define CARE_SNOMED "http://snomed.info/sct"
#define CARE_GTS "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
#define CARE_URI "urn:ietf:rfc:3986"
#define CARE_ATC "http://www.whocc.no/atc"
/* Our own extensions, qingnang-fhir(7). */
#define CARE_EXT "https://qingnang.example/fhir/StructureDefinition/"

/* ---- spellings: care/spelling.c ----------------------------------------- */

/* Length of the longest spelling of a list ("bd b.i.d 一日两次", "_" a blank) that
 * text begins with and that ends there as a word; 0: none. Both folded. */
size_t spelling_match(const char *list, const char *text);
/* The whole text is one of the spellings. */
gboolean spelling_is(const char *list, const char *text);

/* All spellings of some tables by how they begin: one look at a text instead of
 * one for each row. */
struct spelling_index;
struct spelling_index *spelling_index_new(void);
/* row belongs to table, both the caller's. */
void spelling_index_add(struct spelling_index *index, const char *list,
    int table, const void *row);
/* As spelling_match() over all rows: the longest, of two alike the earlier one. */
size_t spelling_index_match(const struct spelling_index *index,
    const char *text, int *table, const void **row);

/* The next row, in order, that the whole text is a spelling of; NULL: no more.
 * *at begins at 0. */
const void *spelling_index_whole(const struct spelling_index *index,
    const char *text, guint *at);

/* ---- exact numbers: care/decimal_math.c --------------------------------- */

/* A fraction of two whole numbers, den > 0; den 0: overflow, and stays so. */
struct ratio { int64_t num, den; };
struct ratio ratio_int(int64_t n);
struct ratio ratio_of(const char *decimal);
struct ratio ratio_times(struct ratio a, struct ratio b);
struct ratio ratio_over(struct ratio a, struct ratio b);
/* Up to whole, and as a decimal text; NULL when it is not one of at most 12
 * digits. Owned. */
struct ratio ratio_up(struct ratio a);
int ratio_compare(struct ratio a, struct ratio b);
char *ratio_text(struct ratio a);
gboolean ratio_good(struct ratio a);
/* 1 of from in to's; den 0: not of one kind. */
struct ratio unit_factor(const char *from, const char *to);

/* ---- care/decimal_change.c ----------------------------------------------- */

/* digits, none negative, of 10^-places behind a sign; owned. */
char *decimal_places_text(const char *sign, int64_t digits, int places);

/* ---- quantities: care/quantity.c ---------------------------------------- */

/* No weekday, or one for each time of a weekly frequency. care/timing.c */
gboolean order_weekdays_fit(const struct care_frequency *f, unsigned weekdays);
/* Pieces in one dose of `dose` (the drug's piece_unit); not good: unknown. */
struct ratio order_pieces(const struct care_order *order, const char *dose);
/* Doses in one day; not good: unknown or none. */
struct ratio order_daily(const struct care_order *order);
/* Doses in so many days, up to whole. */
struct ratio order_doses(const struct care_order *order, int days);
/* "{tablet}" or what else the drug is counted in; NULL: unknown. */
const char *order_piece_unit(const struct care_order *order);
/* Pieces of a quantity that may be in packs; not good: unknown. */
struct ratio order_in_pieces(const struct care_order *order,
    const char *quantity, const char *unit);
/* "（4 盒）" of a quantity, or NULL. Owned. */
char *order_packs_words(const struct care_order *order, const char *quantity,
    const char *unit, const char *lang);

/* ---- names: care/drug_name.c -------------------------------------------- */

/* Words name this drug: its code, a whole name, or that without the salt and the
 * dosage form ("氨氯地平" names 苯磺酸氨氯地平片, "metformin" metformin
 * hydrochloride tablets). Never a part: 左氨氯地平 is another drug. */
gboolean drug_named(const struct care_drug *drug, const char *words);
/* Bytes of text, which is not folded, that a name of the drug takes at its
 * start; 0: none. */
size_t drug_name_len(const struct care_drug *drug, const char *text);

/* The name a line is written with: the document's words without strength. Owned. */
char *drug_line_name(const struct care_drug *drug);

/* ---- FHIR: care/order_write.c, care/order_read.c, care/drug_write.c ----- */

/* A Quantity with UCUM; a value that is NULL writes nothing. */
void out_quantity(struct fhir_out *out, const char *key, const char *value,
    const char *unit, const char *lang);
/* {"coding":[{system, code, display}],"text":…}; nothing when both are NULL. */
void out_concept(struct fhir_out *out, const char *key, const char *system,
    const char *code, const char *display, const char *text);
/* Opens an extension object of ours; value follows, then fhir_out_close(). */
void out_extension(struct fhir_out *out, const char *name);
/* An extension of ours with that name in node's list; NULL: none. */
const fhir_node *get_extension(const fhir_node *node, const char *name);
/* medicationCodeableConcept, or an ingredient's itemCodeableConcept. */
void drug_write_concept(struct fhir_out *out, const char *key,
    const struct care_drug *drug, const char *lang);
/* The extension "product": what of a drug has no place in a MedicationRequest.
 * Goes into an open extension array. */
void drug_write_product(struct fhir_out *out, const struct care_drug *drug);
/* The other way, of bytes that this client wrote and kept; FALSE: there is no such
 * extension. */
gboolean drug_read_product(struct care_drug *drug, const fhir_node *node);
struct care_drug *drug_of_concept(const fhir_node *concept);
/* Whose bytes they are: another system's, or ours out of our own store, whose
 * extensions are believed. */
enum order_by { ORDER_FOREIGN, ORDER_OURS };
struct care_order *order_read(const fhir_node *request, enum order_by by);
void order_write_dosage(struct fhir_out *out, const struct care_order *order,
    const char *lang);
const char *origin_code(enum care_origin origin);
enum care_origin origin_of(const char *code);

/* ---- prescriptions: care/rx_read.c -------------------------------------- */

/* What a MedicationRequest says of its prescription: patient, diagnosis, course.
 * rx is new. */
void rx_read_context(struct care_rx *rx, const fhir_node *request);
/* Its lines: one, or all herbs. */
void rx_read_orders(struct care_rx *rx, const fhir_node *request,
    enum order_by by);

/* ---- transactions: care/rx_send.c --------------------------------------- */

/* A transaction whose entry list is open. */
struct fhir_out *out_transaction(void);
/* An update guarded by the version it was made from. */
void out_put_entry(struct fhir_out *out, const char *ref, const char *version,
    const char *bytes, size_t len);
/* A new Task, unless one of that identifier is there; task is spent. */
void out_post_task(struct fhir_out *out, struct fhir_out *task,
    const char *identifier);
void out_task_code(struct fhir_out *out, const char *code, const char *words);
void out_pharmacist(struct fhir_out *out);
void out_identifier(struct fhir_out *out, const char *value);

/* UUIDv5 (RFC 4122) of a name in the space of another UUID ("urn:uuid:…");
 * "urn:uuid:…", owned; NULL: space is no such. care/uuid.c */
char *care_uuid5(const char *space, const char *name);
gboolean care_uuid_ok(const char *urn);

#endif
