/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/fhir.h"

G_DEFINE_QUARK(qn-fhir-error-quark, fhir_error)
