/* SPDX-License-Identifier: Apache-2.0 */
/* An event's way to the view that has the keys. */
#include "tui/engine.h"

static struct view *
view_at(struct tui *ui, const struct event *e)
{
	enum pane pane;

	if (ui->over->len)
		return ui_top(ui);
	pane = layout_pane_at(ui, e->y, e->x);
	return pane == PANES_ ? NULL : ui->pane[pane];
}

/* The wheel moves what is under it and leaves the keys where they are. */
static void
dispatch_mouse(struct tui *ui, const struct event *e)
{
	struct view *v = view_at(ui, e);

	if (!v)
		return;
	if (e->mouse == MOUSE_PRESS && !ui->over->len) {
		enum pane pane = layout_pane_at(ui, e->y, e->x);

		if (pane != ui->focus)
			ui_focus(ui, pane);
	}
	if (v->ops->event)
		v->ops->event(v, e);
	ui_dirty(ui, DIRTY_SCREEN);
}

/* Letters that come out as Chinese reach no command: say so, once a key. */
static void
hint_input_method(struct tui *ui, const struct event *e,
    unsigned where)
{
	if (!event_is_text(e) || (where & IN_TEXT) || e->key < 0x80)
		return;
	ui_say(ui, _("The Chinese input method is on, so letters do not "
	    "arrive: switch it off (often Shift), or use ↑ ↓ Enter Esc; F1 "
	    "shows all keys."));
}

void
dispatch(struct tui *ui, const struct event *e)
{
	struct view *top = ui_top(ui);
	enum request request;

	if (e->kind == EVENT_MOUSE) {
		dispatch_mouse(ui, e);
		return;
	}
	request = request_of(e, top->ops->where);
	if (request != REQ_DETAILS)
		ui_quiet(ui);
	ui_dirty(ui, DIRTY_SCREEN);
	if (request != REQ_NONE) {
		ui_request(ui, request);
		return;
	}
	if (top->ops->event && top->ops->event(top, e))
		return;
	if (e->kind == EVENT_PASTE)
		ui_say(ui, top->ops->where & request_where(REQ_REPLY)
		    ? _("What was pasted is not used here: r opens a reply.")
		    : _("What was pasted is not used here."));
	else
		hint_input_method(ui, e, top->ops->where);
}
