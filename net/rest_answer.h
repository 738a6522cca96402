/* SPDX-License-Identifier: Apache-2.0 */
/* Inside net/: reading the header lines of an answer as they come. */
#ifndef QN_NET_REST_ANSWER_H
#define QN_NET_REST_ANSWER_H

#include "net/rest.h"

/* One raw line, with its CRLF. A status line starts the answer anew. */
void rest_answer_line(struct rest_answer *answer, const char *line, size_t len);
/* ETag W/"3" or "3" → "3". Owned; NULL when it is neither. */
char *rest_etag_version(const char *value);
/* Seconds that RateLimit says to wait when nothing is left of it; -1: none
 * said. Takes ";r=0;t=12" and "remaining=0, reset=12". */
int64_t rest_ratelimit_wait_s(const char *value);
/* The same, whatever is left: for an answer that refuses already. */
int64_t rest_ratelimit_reset_s(const char *value);

#endif
