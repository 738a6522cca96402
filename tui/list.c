/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/list.h"

void
list_init(struct list *l, const struct list_ops *ops, void *user,
    gboolean scrolls)
{
	*l = (struct list){ .ops = ops, .user = user, .scrolls = scrolls,
		.height = 1, .selected = -1, .seen = 1 };
}

static int64_t
count_of(struct list *l)
{
	return l->ops->count(l->user);
}

/* Selection and top within the list; the selected item on the screen. */
static void
settle(struct list *l)
{
	int64_t n = count_of(l), last_top = MAX(n - l->seen, 0);

	if (!l->scrolls) {
		l->selected = n ? CLAMP(l->selected, 0, n - 1) : -1;
		if (l->selected >= 0) {
			l->top = MIN(l->top, l->selected);
			l->top = MAX(l->top, l->selected - l->seen + 1);
		}
	}
	l->top = CLAMP(l->top, 0, last_top);
}

void
list_draw(struct list *l, struct canvas *c, struct area a,
    gboolean focused)
{
	int64_t n = count_of(l);
	int shown;

	l->seen = MAX(a.rows / l->height, 1);
	settle(l);
	shown = (int)MIN(n - l->top, l->seen);
	if (l->ops->want && shown > 0)
		l->ops->want(l->user, l->top, shown);
	for (int k = 0; k < shown; k++) {
		struct area row = area_part(a, k * l->height, 0, l->height,
		    a.cols);
		gboolean selected = !l->scrolls && l->top + k == l->selected;

		if (selected) {
			canvas_under(c, focused ? E_SELECTED : E_SELECTED_AWAY);
			canvas_fill(c, row, E_SCREEN);
			if (focused)
				canvas_cursor(c, row, 0, 0, FALSE);
		}
		l->ops->draw(l->user, c, row, l->top + k, selected);
		canvas_under(c, E_SCREEN);
	}
}

static void
move_by(struct list *l, int64_t by)
{
	if (l->scrolls)
		l->top += by;
	else
		l->selected += by;
	settle(l);
}

gboolean
list_request(struct list *l, enum request request)
{
	int64_t n = count_of(l), page = MAX(l->seen - 1, 1);

	switch (request) {
	case REQ_DOWN:
		move_by(l, 1);
		return TRUE;
	case REQ_UP:
		move_by(l, -1);
		return TRUE;
	case REQ_PAGE_DOWN:
		move_by(l, page);
		return TRUE;
	case REQ_PAGE_UP:
		move_by(l, -page);
		return TRUE;
	case REQ_TOP:
		move_by(l, -n);
		return TRUE;
	case REQ_BOTTOM:
		move_by(l, n);
		return TRUE;
	default:
		return FALSE;
	}
}

void
list_select(struct list *l, int64_t i)
{
	l->selected = i;
	settle(l);
}

void
list_moved(struct list *l, int64_t selected_now)
{
	l->top += selected_now - l->selected;
	l->selected = selected_now;
	settle(l);
}

int64_t
list_at(const struct list *l, int y)
{
	int64_t i = l->top + y / l->height;

	return y >= 0 && i < l->ops->count(l->user) ? i : -1;
}
