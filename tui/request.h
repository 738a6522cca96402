/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests: what a key asks for. One table makes the enum, the key bindings, the
 * footer, the help screen and the manual page.
 *
 * _(name, id, keys, also, where, hint, help): keys and also are lists separated
 * by spaces; "^S" is Ctrl-S. Every request has a key that is no letter, because
 * with a Chinese input method on, letters do not arrive. The same key means the
 * same thing in every place of `where` that it shares.
 */
#ifndef QN_TUI_REQUEST_H
#define QN_TUI_REQUEST_H

#include "tui/event.h"
#include "tui/tui.h"

/* Places where keys are read. */
enum where {
	IN_QUEUE = 1 << 0,
	IN_THREAD = 1 << 1,
	IN_CHART = 1 << 2,
	IN_PAGE = 1 << 3,     /* help, details: a page over the panes */
	IN_COMPOSER = 1 << 4,
	IN_PROMPT = 1 << 5,   /* the filter, the command line */
	IN_LOCK = 1 << 6,
	IN_FIRST = 1 << 7,
	IN_RENEWAL = 1 << 8,  /* the renewal lane */
	IN_ORDER = 1 << 9,    /* the order line and its form */
	IN_SIGN = 1 << 10,    /* a prescription before its signature */
	IN_RX_LIST = 1 << 11, /* prescriptions and their states */
	IN_RESULTS = 1 << 12, /* the results page and the trend of a test */
	IN_WHOLE = 1 << 13,   /* the whole chart, and a record of it */
	IN_FILES = 1 << 14,   /* pictures and files: the list, and one */
	IN_PANES = IN_QUEUE | IN_THREAD | IN_CHART,
	IN_LISTS = IN_PANES | IN_PAGE,
	IN_RX = IN_RENEWAL | IN_SIGN | IN_RX_LIST,
	IN_ROWS = IN_LISTS | IN_RX | IN_RESULTS | IN_WHOLE |
	    IN_FILES,
	IN_TEXT = IN_COMPOSER | IN_PROMPT | IN_LOCK | IN_ORDER, /* letters
	                                                     * are text */
	IN_ALL = IN_ROWS | IN_COMPOSER | IN_PROMPT | IN_LOCK | IN_FIRST |
	    IN_ORDER,
};

/* clang-format off */
#define TUI_REQUESTS(_) \
_(DOWN, "down", "j", "↓", IN_ROWS, N_("down"), N_("one line down")) \
_(UP, "up", "k", "↑", IN_ROWS, N_("up"), N_("one line up")) \
_(PAGE_DOWN, "page-down", "PgDn", "Space ^F", IN_LISTS | IN_COMPOSER | IN_SIGN | IN_RX_LIST | IN_RESULTS | IN_WHOLE | IN_FILES, N_("page down"), N_("one screen down")) \
_(PAGE_UP, "page-up", "PgUp", "^B", IN_LISTS | IN_COMPOSER | IN_SIGN | IN_RX_LIST | IN_RESULTS | IN_WHOLE | IN_FILES, N_("page up"), N_("one screen up")) \
_(TOP, "top", "g", "Home", IN_ROWS, N_("top"), N_("to the beginning")) \
_(BOTTOM, "bottom", "G", "End", IN_ROWS, N_("end"), N_("to the end")) \
_(OPEN, "open", "Enter", "→ l", IN_LISTS | IN_RENEWAL | IN_RX_LIST | IN_RESULTS | IN_WHOLE | IN_FILES, N_("open"), N_("go in: open the patient, answer in a thread")) \
_(BACK, "back", "Esc", "← h", IN_ROWS, N_("back"), N_("come out again")) \
_(NEXT, "next", "n", "^N", IN_PANES | IN_COMPOSER | IN_SIGN, N_("next"), N_("the next patient who is owed something")) \
_(REPLY, "reply", "r", "F4", IN_PANES, N_("reply"), N_("write a reply")) \
_(CHART, "chart", "c", "F3", IN_PANES, N_("chart"), N_("the chart: show, go to, put away")) \
_(FILTER, "filter", "/", "F2", IN_PANES, N_("filter"), N_("filter the queue by name or complaint")) \
_(SEARCH, "search", "S", "F10", IN_PANES, N_("search"), N_("search names, messages, results and the rest")) \
_(LANE_NEXT, "lane-next", "Tab", "", IN_PANES | IN_RESULTS, N_("lane"), N_("the next lane of the queue")) \
_(LANE_PREV, "lane-previous", "S-Tab", "", IN_PANES | IN_RESULTS, N_("lane"), N_("the lane before")) \
_(DETAILS, "details", "x", "F8", IN_ROWS | IN_COMPOSER | IN_ORDER, N_("details"), N_("details of the error or the message")) \
_(RETRY, "retry", "R", "F6", IN_THREAD | IN_FILES | IN_WHOLE, N_("try again"), N_("send a refused reply again; ask anew for what did not come")) \
_(FILES, "files", "o", "^O", IN_PANES | IN_FILES | IN_WHOLE, N_("files"), N_("the pictures and files of the conversation, or of a record")) \
_(TO_DRAFT, "edit-again", "e", "F7", IN_THREAD, N_("edit again"), N_("take a refused reply back and edit it")) \
_(SEND, "send", "^S", "", IN_COMPOSER, N_("send"), N_("send the reply, and stay to see it go")) \
_(PUT_DOWN, "put-down", "Esc", "", IN_COMPOSER, N_("put down"), N_("put the reply down; the draft is kept")) \
_(EDITOR, "editor", "^E", "", IN_COMPOSER, N_("editor"), N_("write the reply in $EDITOR")) \
_(ATTACH, "attach", "^O", "", IN_COMPOSER, N_("attach"), N_("attach a picture or file to the reply")) \
_(DETACH, "detach", "^X", "", IN_COMPOSER, N_("take out"), N_("take the last attached file out again")) \
_(UNDO, "undo", "^Z", "", IN_COMPOSER, N_("undo"), N_("undo")) \
_(REDO, "redo", "^Y", "", IN_COMPOSER, N_("redo"), N_("redo")) \
_(RENEWALS, "renewals", "v", "F11", IN_PANES, N_("renewals"), N_("the renewal lane")) \
_(PRESCRIBE, "prescribe", "p", "^P", IN_PANES, N_("prescribe"), N_("write a prescription for this patient")) \
_(RX_LIST, "prescriptions", "P", "F12", IN_PANES, N_("prescriptions"), N_("prescriptions and their states")) \
_(RESULTS, "results", "t", "^T", IN_PANES | IN_RESULTS, N_("results"), N_("the results of this patient, what is out of range first")) \
_(ACK, "acknowledge", "a", "^A", IN_PANES, N_("acknowledge"), N_("acknowledge the open result: it leaves the lane")) \
_(UNACK, "take-back", "u", "^U", IN_PANES, N_("take back"), N_("take the last acknowledgement back, while it has not gone")) \
_(EXPLAIN, "explain-result", "E", "^X", IN_PANES, N_("explain"), N_("explain the open result to the patient, its values quoted")) \
_(RECALL, "recall", "A", "^R", IN_PANES, N_("recall"), N_("ask the patient to come back about the open result, until a day")) \
_(HOME, "home", "H", "^W", IN_PANES | IN_RESULTS, N_("at home"), N_("who reads out of range at home; in the results, what this patient read")) \
_(ZOOM_IN, "zoom-in", "+", "=", IN_RESULTS | IN_WHOLE, N_("closer"), N_("a shorter time, around the value at the cursor")) \
_(ZOOM_OUT, "zoom-out", "-", "_", IN_RESULTS | IN_WHOLE, N_("wider"), N_("a longer time")) \
_(CHART_PAGE, "whole-chart", "C", "^G", IN_PANES | IN_RESULTS | IN_WHOLE, N_("all of it"), N_("the whole chart: drugs in time, visits, documents and the rest")) \
_(ON, "on", "Tab", "", IN_WHOLE, N_("next one"), N_("to the next section; of a record, to the next record")) \
_(BEFORE, "before", "S-Tab", "", IN_WHOLE, N_("one before"), N_("to the section or record before")) \
_(SOURCE, "source", "X", "^V", IN_PANES | IN_RESULTS | IN_WHOLE, N_("source"), N_("where the row comes from, and the record as it came")) \
_(YEARS, "years", "y", "^Y", IN_RESULTS, N_("by year"), N_("the results year on year: change, percent and days")) \
_(PAN_LEFT, "earlier", "[", ",", IN_RESULTS, N_("earlier"), N_("an earlier time of the graph")) \
_(PAN_RIGHT, "later", "]", ".", IN_RESULTS, N_("later"), N_("a later time of the graph")) \
_(OVER, "over", "o", "^O", IN_RESULTS, N_("second test"), N_("another test over the graph")) \
_(MARK, "mark", "Space", "", IN_RENEWAL, N_("mark"), N_("mark the request, or take the mark off")) \
_(MARK_PASSING, "mark-passing", "*", "Ins", IN_RENEWAL, N_("mark all"), N_("mark all requests that pass")) \
_(READ_DOWN, "read-down", "PgDn", "^F", IN_RENEWAL, N_("read on"), N_("read on beside the list")) \
_(READ_UP, "read-up", "PgUp", "^B", IN_RENEWAL, N_("read back"), N_("read back beside the list")) \
_(PREPARE, "prepare", "r", "F4", IN_RENEWAL, N_("prepare"), N_("prepare what is marked, to be signed one by one")) \
_(DECLINE, "decline", "d", "Del", IN_RENEWAL, N_("decline"), N_("decline the request, with a reason")) \
_(FORWARD, "forward", "f", "F6", IN_RENEWAL, N_("forward"), N_("forward the request")) \
_(EDIT, "edit", "e", "F7", IN_RX, N_("edit"), N_("change the prescription")) \
_(SIGN, "sign", "s", "^S", IN_RX, N_("sign"), N_("sign, once its last line was on the screen")) \
_(REASON, "reason", "Enter", "+", IN_SIGN, N_("give a reason"), N_("give the evidence or reason that a rule asks for")) \
_(FINISH, "finish", "^S", "", IN_ORDER, N_("prepare"), N_("prepare the prescription, to be signed on its own sight")) \
_(WITHDRAW, "withdraw", "w", "F10", IN_SIGN | IN_RX_LIST, N_("withdraw"), N_("withdraw the prescription")) \
_(STRIKE, "strike", "^D", "F6", IN_ORDER, N_("strike out"), N_("take the selected line out")) \
_(ACCEPT, "accept", "Enter", "", IN_PROMPT | IN_ORDER, N_("take it"), N_("take what was typed")) \
_(COMPLETE, "complete", "Tab", "", IN_PROMPT | IN_ORDER | IN_COMPOSER, N_("complete"), N_("complete what was typed; in a reply, a result after @")) \
_(CANCEL, "cancel", "Esc", "^C", IN_PROMPT | IN_ORDER, N_("cancel"), N_("leave without it")) \
_(COMMAND, "command", ":", "F5", IN_PANES, N_("command"), N_("the command line")) \
_(LOCK, "lock", "L", "F9", IN_ROWS | IN_COMPOSER | IN_ORDER, N_("lock"), N_("lock the screen; drafts are kept")) \
_(HELP, "help", "?", "F1", IN_PANES | IN_COMPOSER | IN_RX | IN_ORDER | IN_RESULTS | IN_WHOLE | IN_FILES, N_("help"), N_("all keys")) \
_(REDRAW, "redraw", "^L", "", IN_ALL, N_("redraw"), N_("draw the screen anew")) \
_(SUSPEND, "suspend", "^Z", "", IN_ROWS, N_("suspend"), N_("back to the shell for a while (fg returns)")) \
_(QUIT, "quit", "q", "^Q", IN_ROWS | IN_COMPOSER | IN_ORDER | IN_LOCK, N_("leave"), N_("leave; everything is kept"))
/* clang-format on */

enum request {
#define REQ_ENUM(name, ...) REQ_##name,
	TUI_REQUESTS(REQ_ENUM)
#undef REQ_ENUM
	REQ_COUNT_,
	REQ_NONE = REQ_COUNT_
};

/* The request of a key in a place; REQ_NONE. Narrows fullwidth forms where
 * letters are commands. */
enum request request_of(const struct event *e, unsigned where);
enum request request_find(const char *id);
/* "^S" → 's' with MOD_CTRL; FALSE for no key's name. */
gboolean key_parse(const char *name, struct event *out);
/* The key to show for a request in a place: one that works there ("^N", not
 * "n", where letters are text). Owned. */
char *request_key(enum request request, unsigned where);
unsigned request_where(enum request request);

#endif
