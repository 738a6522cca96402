/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The composer's text. One GString: a reply is short, and moving 100 KB by a
 * byte costs less than a frame. Undo is a list of splices; done is what the list
 * held up to `undone`, behind it lies what redo brings back.
 */
#include "tui/buffer.h"

#include <string.h>

#define UNDO_MAX 500
#define UNDO_MAX_BYTES (4 * BUFFER_MAX_BYTES)

/* At `at`, `removed` became `inserted`. */
struct splice {
	size_t at;
	GString *removed, *inserted;
	size_t caret_before, caret_after;
	gboolean typing;
};

struct buffer {
	GString *text;
	size_t caret;
	uint64_t version;
	GPtrArray *splices; /* struct splice */
	guint done;         /* splices [0, done) are in the text */
	size_t undo_bytes;
	int goal_col;       /* column that up and down keep; -1 none */
	GArray *lines;      /* of lines_version at lines_cols */
	uint64_t lines_version;
	int lines_cols;
};

static void
splice_free(void *data)
{
	struct splice *s = data;

	g_string_free(s->removed, TRUE);
	g_string_free(s->inserted, TRUE);
	g_free(s);
}

struct buffer *
buffer_new(const char *text, size_t caret)
{
	struct buffer *b = g_new0(struct buffer, 1);

	b->text = g_string_new(NULL);
	b->splices = g_ptr_array_new_with_free_func(splice_free);
	b->goal_col = -1;
	b->lines_cols = -1;
	if (text)
		buffer_insert(b, text, strlen(text), FALSE);
	/* What was there at the start is not a step of undo. */
	g_ptr_array_set_size(b->splices, 0);
	b->done = 0;
	b->undo_bytes = 0;
	b->version = 0;
	buffer_move_to(b, caret);
	return b;
}

void
buffer_free(struct buffer *b)
{
	if (!b)
		return;
	memset(b->text->str, 0, b->text->len);
	g_string_free(b->text, TRUE);
	g_ptr_array_unref(b->splices);
	if (b->lines)
		g_array_unref(b->lines);
	g_free(b);
}

const char *
buffer_text(const struct buffer *b)
{
	return b->text->str;
}

size_t
buffer_len(const struct buffer *b)
{
	return b->text->len;
}

size_t
buffer_caret(const struct buffer *b)
{
	return b->caret;
}

uint64_t
buffer_version(const struct buffer *b)
{
	return b->version;
}

size_t
buffer_graphemes(const struct buffer *b)
{
	size_t n = 0, at = 0;

	for (; at < b->text->len; n++)
		at = base_grapheme_next(b->text->str, b->text->len, at);
	return n;
}

/* ---- changing ----------------------------------------------------------- */

static void
apply(struct buffer *b, size_t at, size_t removed_len, const GString *inserted)
{
	g_string_erase(b->text, (gssize)at, (gssize)removed_len);
	g_string_insert_len(b->text, (gssize)at, inserted->str,
	    (gssize)inserted->len);
	b->version++;
	b->goal_col = -1;
}

/* What was undone is gone once something else is typed; the oldest steps go when
 * there are many. */
static void
trim_undo(struct buffer *b)
{
	g_ptr_array_set_size(b->splices, (int)b->done);
	while (b->done > 0 && (b->done > UNDO_MAX ||
	    b->undo_bytes > UNDO_MAX_BYTES)) {
		const struct splice *s = b->splices->pdata[0];

		b->undo_bytes -= MIN(b->undo_bytes,
		    s->removed->len + s->inserted->len);
		g_ptr_array_remove_index(b->splices, 0);
		b->done--;
	}
}

/* A letter typed right behind the last one belongs to the same step, until a
 * blank ends the word. */
static gboolean
joins_last(const struct buffer *b, size_t at, size_t removed_len,
    gboolean typing)
{
	const struct splice *last;
	char end;

	if (!typing || removed_len > 0 || b->done == 0 ||
	    b->done != b->splices->len)
		return FALSE;
	last = b->splices->pdata[b->done - 1];
	if (!last->typing || last->inserted->len == 0 ||
	    last->at + last->inserted->len != at)
		return FALSE;
	end = last->inserted->str[last->inserted->len - 1];
	return end != ' ' && end != '\n';
}

static void
splice(struct buffer *b, size_t at, size_t removed_len, const char *text,
    size_t len, gboolean typing)
{
	g_autoptr(GString) inserted = g_string_new_len(text, (gssize)len);
	struct splice *s;

	if (removed_len == 0 && len == 0)
		return;
	b->undo_bytes += removed_len + len;
	if (joins_last(b, at, removed_len, typing)) {
		s = b->splices->pdata[b->done - 1];
		g_string_append_len(s->inserted, text, (gssize)len);
	} else {
		s = g_new0(struct splice, 1);
		s->at = at;
		s->removed = g_string_new_len(b->text->str + at,
		    (gssize)removed_len);
		s->inserted = g_string_new_len(text, (gssize)len);
		s->caret_before = b->caret;
		s->typing = typing;
		trim_undo(b);
		g_ptr_array_add(b->splices, s);
		b->done++;
	}
	apply(b, at, removed_len, inserted);
	b->caret = s->caret_after = at + len;
}

/* A text that a person could have typed: line ends as \n, tabs kept, no other
 * control characters, valid UTF-8. What is shown passes base_text_show() later;
 * what is kept is what was meant. */
static GString *
clean(const char *text, size_t len)
{
	GString *out = g_string_sized_new(len + 1);
	const char *end = text + len;

	while (text < end) {
		gunichar c = g_utf8_get_char_validated(text, end - text);

		if (c == (gunichar)-1 || c == (gunichar)-2) {
			text++;
			continue;
		}
		if (c == '\r') {
			if (text + 1 == end || text[1] != '\n')
				g_string_append_c(out, '\n');
		} else if (c == '\n' || c == '\t' ||
		    !(c < 0x20 || (c >= 0x7f && c < 0xa0))) {
			g_string_append_unichar(out, c);
		}
		text = g_utf8_next_char(text);
	}
	return out;
}

gboolean
buffer_insert(struct buffer *b, const char *text, size_t len, gboolean typing)
{
	g_autoptr(GString) cleaned = clean(text, len);

	if (b->text->len + cleaned->len > BUFFER_MAX_BYTES)
		return FALSE;
	splice(b, b->caret, 0, cleaned->str, cleaned->len, typing);
	return TRUE;
}

gboolean
buffer_replace(struct buffer *b, const char *text, size_t len)
{
	g_autoptr(GString) cleaned = clean(text, len);

	if (cleaned->len > BUFFER_MAX_BYTES)
		return FALSE;
	splice(b, 0, b->text->len, cleaned->str, cleaned->len, FALSE);
	return TRUE;
}

/* ---- moving ------------------------------------------------------------- */

static size_t
next_grapheme(const struct buffer *b, size_t at)
{
	return at < b->text->len
	    ? base_grapheme_next(b->text->str, b->text->len, at) : at;
}

static size_t
prev_grapheme(const struct buffer *b, size_t at)
{
	return at > 0 ? base_grapheme_prev(b->text->str, b->text->len, at) : 0;
}

enum char_kind { KIND_BLANK, KIND_WORD, KIND_HAN, KIND_OTHER };

static enum char_kind
kind_at(const struct buffer *b, size_t at)
{
	gunichar c = g_utf8_get_char(b->text->str + at);

	if (g_unichar_isspace(c))
		return KIND_BLANK;
	if (base_char_is_han(c))
		return KIND_HAN;
	return g_unichar_isalnum(c) || c == '_' ? KIND_WORD : KIND_OTHER;
}

/* Blanks, then one run of a kind. Chinese has no blanks between words: there a
 * run is up to the next punctuation. */
static size_t
word_right(const struct buffer *b, size_t at)
{
	enum char_kind kind;

	while (at < b->text->len && kind_at(b, at) == KIND_BLANK)
		at = next_grapheme(b, at);
	if (at >= b->text->len)
		return at;
	kind = kind_at(b, at);
	while (at < b->text->len && kind_at(b, at) == kind)
		at = next_grapheme(b, at);
	return at;
}

static size_t
word_left(const struct buffer *b, size_t at)
{
	enum char_kind kind;
	size_t before;

	while (at > 0 && kind_at(b, prev_grapheme(b, at)) == KIND_BLANK)
		at = prev_grapheme(b, at);
	if (at == 0)
		return 0;
	kind = kind_at(b, prev_grapheme(b, at));
	while (at > 0 && kind_at(b, before = prev_grapheme(b, at)) == kind)
		at = before;
	return at;
}

static size_t
target(const struct buffer *b, enum buffer_motion motion)
{
	switch (motion) {
	case BUFFER_LEFT:
		return prev_grapheme(b, b->caret);
	case BUFFER_RIGHT:
		return next_grapheme(b, b->caret);
	case BUFFER_WORD_LEFT:
		return word_left(b, b->caret);
	case BUFFER_WORD_RIGHT:
		return word_right(b, b->caret);
	case BUFFER_START:
		return 0;
	case BUFFER_END:
		return b->text->len;
	}
	return b->caret;
}

void
buffer_move(struct buffer *b, enum buffer_motion motion)
{
	b->caret = target(b, motion);
	b->goal_col = -1;
}

void
buffer_move_to(struct buffer *b, size_t at)
{
	size_t boundary = 0;

	/* A caret that was stored may be anything: the boundary at or before. */
	at = MIN(at, b->text->len);
	while (at > 0 && at < b->text->len &&
	    (b->text->str[at] & 0xc0) == 0x80)
		at--;
	boundary = at;
	if (at > 0 && at < b->text->len) {
		size_t before = prev_grapheme(b, at);

		if (next_grapheme(b, before) != at)
			boundary = before;
	}
	b->caret = boundary;
	b->goal_col = -1;
}

static void
delete_range(struct buffer *b, size_t from, size_t to)
{
	splice(b, from, to - from, "", 0, FALSE);
}

void
buffer_delete(struct buffer *b, enum buffer_motion motion)
{
	size_t to = target(b, motion);

	delete_range(b, MIN(b->caret, to), MAX(b->caret, to));
}

void
buffer_delete_line_before(struct buffer *b)
{
	size_t start = b->caret;

	while (start > 0 && b->text->str[start - 1] != '\n')
		start--;
	delete_range(b, start, b->caret);
}

void
buffer_delete_line_after(struct buffer *b)
{
	const char *newline = strchr(b->text->str + b->caret, '\n');
	size_t end = newline ? (size_t)(newline - b->text->str)
			     : b->text->len;

	delete_range(b, b->caret, end);
}

/* ---- undo --------------------------------------------------------------- */

gboolean
buffer_undo(struct buffer *b)
{
	const struct splice *s;

	if (b->done == 0)
		return FALSE;
	s = b->splices->pdata[--b->done];
	apply(b, s->at, s->inserted->len, s->removed);
	b->caret = s->caret_before;
	return TRUE;
}

gboolean
buffer_redo(struct buffer *b)
{
	const struct splice *s;

	if (b->done == b->splices->len)
		return FALSE;
	s = b->splices->pdata[b->done++];
	apply(b, s->at, s->removed->len, s->inserted);
	b->caret = s->caret_after;
	return TRUE;
}

/* ---- lines on a screen -------------------------------------------------- */

const GArray *
buffer_lines(struct buffer *b, int cols)
{
	if (b->lines && b->lines_version == b->version &&
	    b->lines_cols == cols)
		return b->lines;
	if (b->lines)
		g_array_unref(b->lines);
	b->lines = base_text_wrap(b->text->str, b->text->len, cols, TRUE);
	b->lines_version = b->version;
	b->lines_cols = cols;
	return b->lines;
}

static const struct base_line *
line_at(const GArray *lines, int row)
{
	return &g_array_index(lines, struct base_line, (guint)row);
}

/* The last line that starts at or before the caret. */
static int
caret_row(const struct buffer *b, const GArray *lines)
{
	guint low = 0, high = lines->len;

	while (high - low > 1) {
		guint mid = (low + high) / 2;

		if (line_at(lines, (int)mid)->start <= b->caret)
			low = mid;
		else
			high = mid;
	}
	return (int)low;
}

void
buffer_caret_cell(struct buffer *b, int cols, int *row, int *col)
{
	const GArray *lines = buffer_lines(b, cols);
	const struct base_line *line;

	*row = caret_row(b, lines);
	line = line_at(lines, *row);
	*col = base_text_cols(b->text->str + line->start,
	    (gssize)(b->caret - line->start));
}

/* End of a screen line as the caret can stand there: before its newline, and
 * before the last grapheme of a line that wraps (behind it is the next line). */
static size_t
line_end(const struct buffer *b, const GArray *lines, int row)
{
	const struct base_line *line = line_at(lines, row);
	size_t end = line->start + line->len;

	if (end > line->start && b->text->str[end - 1] == '\n')
		return end - 1;
	if ((guint)row + 1 < lines->len && end > line->start)
		return base_grapheme_prev(b->text->str, b->text->len, end);
	return end;
}

static size_t
at_column(const struct buffer *b, const GArray *lines, int row, int col)
{
	size_t at = line_at(lines, row)->start;
	size_t end = line_end(b, lines, row);
	int cols = 0;

	while (at < end) {
		size_t next = next_grapheme(b, at);

		cols += base_text_cols(b->text->str + at, (gssize)(next - at));
		if (cols > col)
			break;
		at = next;
	}
	return at;
}

gboolean
buffer_move_rows(struct buffer *b, int cols, int rows)
{
	const GArray *lines = buffer_lines(b, cols);
	int row, col, to, goal;

	buffer_caret_cell(b, cols, &row, &col);
	goal = b->goal_col >= 0 ? b->goal_col : col;
	to = CLAMP(row + rows, 0, (int)lines->len - 1);
	if (to == row)
		return FALSE;
	b->caret = at_column(b, lines, to, goal);
	b->goal_col = goal;
	return TRUE;
}

void
buffer_move_line_edge(struct buffer *b, int cols, gboolean end)
{
	const GArray *lines = buffer_lines(b, cols);
	int row = caret_row(b, lines);

	b->caret = end ? line_end(b, lines, row) : line_at(lines, row)->start;
	b->goal_col = -1;
}
