/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Semantic elements of the screen and what a theme gives them. A theme file is
 * lines of
 *
 *	inherit = dark
 *	queue.urgent = 203/bright-red on 52/black bold; mono bold
 *
 * colours as N for 256 colours, a name for 16, "-" for the screen's own; what
 * follows "; mono" holds where there is no colour at all. An unknown element is
 * an error with its line. Colour never says what a mark or a word does not.
 */
#ifndef QN_TUI_THEME_H
#define QN_TUI_THEME_H

#include "base/base.h"

/* clang-format off */
#define TUI_ELEMENTS(_) \
_(SCREEN, "screen") \
_(HEADER, "header") \
_(HEADER_NAME, "header.name") \
_(HEADER_COUNT, "header.count") \
_(HEADER_ALARM, "header.alarm") \
_(STATUS_LIVE, "status.live") \
_(STATUS_BUSY, "status.busy") \
_(STATUS_OFFLINE, "status.offline") \
_(TITLE, "title") \
_(TITLE_FOCUS, "title.focus") \
_(TITLE_DIM, "title.dim") \
_(FRAME, "frame") \
_(FOOTER, "footer") \
_(FOOTER_KEY, "footer.key") \
_(NOTICE, "notice") \
_(ERROR, "error") \
_(PROMPT, "prompt") \
_(DIM, "dim") \
_(STRONG, "strong") \
_(SELECTED, "selected") \
_(SELECTED_AWAY, "selected.away") \
_(LANE, "queue.lane") \
_(LANE_ON, "queue.lane.on") \
_(QUEUE_URGENT, "queue.urgent") \
_(QUEUE_WAIT, "queue.wait") \
_(QUEUE_OVERDUE, "queue.overdue") \
_(QUEUE_NAME, "queue.name") \
_(QUEUE_PERSON, "queue.person") \
_(QUEUE_OWED, "queue.owed") \
_(QUEUE_DONE, "queue.done") \
_(QUEUE_UNREAD, "queue.unread") \
_(QUEUE_MINE, "queue.mine") \
_(FLAG, "patient.flag") \
_(MESSAGE_PATIENT, "message.patient") \
_(MESSAGE_ME, "message.me") \
_(MESSAGE_OTHER, "message.other") \
_(MESSAGE_TIME, "message.time") \
_(MESSAGE_TEXT, "message.text") \
_(MESSAGE_FILE, "message.file") \
_(MESSAGE_SENT, "message.sent") \
_(MESSAGE_WAITING, "message.waiting") \
_(MESSAGE_FAILED, "message.failed") \
_(MESSAGE_RETRACTED, "message.retracted") \
_(MESSAGE_UNREAD_RULE, "message.unread") \
_(CHART_HEADING, "chart.heading") \
_(CHART_TEXT, "chart.text") \
_(CHART_DETAIL, "chart.detail") \
_(CHART_ALLERGY, "chart.allergy") \
_(CHART_ABNORMAL, "chart.abnormal") \
_(CHART_CRITICAL, "chart.critical") \
_(CHART_VOID, "chart.void") \
_(CHART_STATE, "chart.state") \
_(COMPOSER_FRAME, "composer.frame") \
_(COMPOSER_TITLE, "composer.title") \
_(COMPOSER_TEXT, "composer.text") \
_(COMPOSER_STATE, "composer.state") \
_(HELP_KEY, "help.key") \
_(HELP_TEXT, "help.text") \
_(HELP_HEADING, "help.heading") \
_(SEARCH_HIT, "search.hit") \
_(LOCK_TEXT, "lock.text") \
_(LOCK_FRAME, "lock.frame") \
_(LOCK_FIELD, "lock.field")
/* clang-format on */

enum element {
#define ELEMENT_ENUM(name, id) E_##name,
	TUI_ELEMENTS(ELEMENT_ENUM)
#undef ELEMENT_ENUM
	E_COUNT_
};

enum theme_attr {
	ATTR_BOLD = 1, ATTR_DIM = 2, ATTR_UNDERLINE = 4, ATTR_REVERSE = 8,
	ATTR_ITALIC = 16,
};
enum { COLOUR_INHERIT = -2, COLOUR_DEFAULT = -1 };
struct theme_style {
	short fg[2], bg[2]; /* 256 colours, 16 colours; COLOUR_… or a number */
	unsigned attrs, mono;
};
struct theme {
	struct theme_style style[E_COUNT_];
};

/* name: "dark", or a path. NULL with one sentence: file, line, what is wrong. */
struct theme *theme_load(const char *name, GError **error);
void theme_free(struct theme *theme);
BASE_DEFINE_AUTO(theme, theme_free)

#endif
