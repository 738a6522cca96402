/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

G_DEFINE_QUARK(qn-base-error-quark, base_error)
