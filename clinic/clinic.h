/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clinic/: qingnang-clinic, a small but honest FHIR R4 server on loopback, for
 * practice and for tests, and its scripted patients. It keeps the bytes it was
 * sent and shares base/ alone with the client: with fhir/ in common, one wrong
 * reading of the standard would pass on both sides. Synthetic data only.
 */
#ifndef QN_CLINIC_H
#define QN_CLINIC_H

#include "base/base.h"

/* The program. Its exit code: 0 ended by a signal, 1 could not start, 2 an
 * option that was not understood. */
int clinic_main(int argc, char **argv);

#endif
