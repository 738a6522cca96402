/* SPDX-License-Identifier: Apache-2.0 */
#include "care/care.h"

const char *care_interpretation_mark(const char *code)
{
	return code ? code : "";
}
