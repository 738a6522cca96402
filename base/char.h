/* SPDX-License-Identifier: Apache-2.0 */
/* Inside base/ only: single characters, as width.c, text.c and wrap.c see them. */
#ifndef QN_BASE_CHAR_H
#define QN_BASE_CHAR_H

#include "base/base.h"

#include <string.h>
#include <unistr.h>

/* What a character may do on a terminal: its columns, and at most one flag. */
#define CHAR_COLS 0x03
#define CHAR_DROP 0x04    /* a control, or invisible: nothing is shown */
#define CHAR_UNKNOWN 0x08 /* U+FFFD is shown in its place, one column */
#define CHAR_BREAK 0x10   /* ends a line: LF VT FF CR NEL LS PS */
#define CHAR_TAB 0x20

uint8_t base_char_class(gunichar c);

/* The character at bytes (len ≥ 1) and its length; U+FFFD for what is not
 * UTF-8, and then the length of the longest wrong piece. */
static inline size_t
base_char_next(const char *bytes, size_t len, gunichar *c)
{
	ucs4_t found;
	int n = u8_mbtouc(&found, (const uint8_t *)bytes, len);

	*c = found;
	return n > 0 ? (size_t)n : 1;
}

#endif
