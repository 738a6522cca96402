/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

G_DEFINE_QUARK(qn-store-error-quark, store_error)
