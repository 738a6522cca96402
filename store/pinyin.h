/* SPDX-License-Identifier: Apache-2.0 */
/* Han text as it is typed on a Latin keyboard. Pure: no state, any thread. */
#ifndef STORE_PINYIN_H
#define STORE_PINYIN_H

#include "base/base.h"

/* "氨氯地平": "anlvdiping" and "aldp"; Latin letters and digits stand as they are.
 * FALSE: no character of it has a reading. Both are the caller's. */
gboolean pinyin_read(const char *text, char **full, char **initials);
/* Adds "shan yu chun" as "shanyuchun" and "syc". */
void pinyin_say(const char *syllables, GString *full, GString *initials);
/* A pinyin with u for v, as others type ü; NULL where that changes nothing. */
char *pinyin_with_u(const char *full);
/* One character's reading where it stands alone; NULL: none. */
const char *pinyin_syllable(gunichar c);

#endif
