/* SPDX-License-Identifier: Apache-2.0 */
/* Pixels to cells, by libchafa. */
#include "picture/picture.h"

#include <chafa.h>

/* Of 256 colours the first 16 are the terminal's own: 240 mean the same on every
 * screen. */
static const ChafaCanvasMode modes[] = {
	[PICTURE_256] = CHAFA_CANVAS_MODE_INDEXED_240,
	[PICTURE_16] = CHAFA_CANVAS_MODE_INDEXED_16,
	[PICTURE_8] = CHAFA_CANVAS_MODE_INDEXED_8,
	[PICTURE_MONO] = CHAFA_CANVAS_MODE_FGBG,
	[PICTURE_MONO_LIGHT] = CHAFA_CANVAS_MODE_FGBG,
};

static ChafaCanvas *
canvas_new(int cols, int rows, enum picture_depth depth)
{
	ChafaCanvasConfig *config = chafa_canvas_config_new();
	ChafaSymbolMap *map = chafa_symbol_map_new();
	gboolean mono = depth >= PICTURE_MONO;
	ChafaCanvas *canvas;

	chafa_symbol_map_add_by_tags(map, CHAFA_SYMBOL_TAG_SPACE |
	    (mono ? CHAFA_SYMBOL_TAG_BRAILLE : CHAFA_SYMBOL_TAG_HALF |
	    CHAFA_SYMBOL_TAG_QUAD | CHAFA_SYMBOL_TAG_SOLID |
	    CHAFA_SYMBOL_TAG_VHALF | CHAFA_SYMBOL_TAG_HHALF));
	chafa_canvas_config_set_symbol_map(config, map);
	chafa_canvas_config_set_canvas_mode(config, modes[depth]);
	chafa_canvas_config_set_geometry(config, cols, rows);
	chafa_canvas_config_set_color_space(config, CHAFA_COLOR_SPACE_RGB);
	chafa_canvas_config_set_work_factor(config, 0.7f);
	chafa_canvas_config_set_fg_color(config,
	    depth == PICTURE_MONO_LIGHT ? 0x000000 : 0xffffff);
	chafa_canvas_config_set_bg_color(config,
	    depth == PICTURE_MONO_LIGHT ? 0xffffff : 0x000000);
	if (mono)
		chafa_canvas_config_set_dither_mode(config,
		    CHAFA_DITHER_MODE_DIFFUSION);
	canvas = chafa_canvas_new(config);
	chafa_symbol_map_unref(map);
	chafa_canvas_config_unref(config);
	return canvas;
}

/* A cell is about twice as high as wide. Nothing is made larger than it is: a
 * pixel to half a cell at most. */
static void
fit(const struct pixels *px, int *cols, int *rows)
{
	int64_t w = px->width, h = px->height;
	int64_t c = MIN(*cols, w), r = (c * h + w) / (2 * w);

	if (r > *rows) {
		r = *rows;
		c = 2 * r * w / h;
	}
	*cols = (int)CLAMP(c, 1, *cols);
	*rows = (int)CLAMP(r, 1, *rows);
}

enum picture_end
picture_draw(const struct pixels *px, int cols, int rows,
    enum picture_depth depth, struct picture *p)
{
	ChafaCanvas *canvas;

	fit(px, &cols, &rows);
	canvas = canvas_new(cols, rows, depth);
	chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGBA8_UNASSOCIATED,
	    px->rgba, px->width, px->height, px->width * 4);
	p->cols = (uint16_t)cols;
	p->rows = (uint16_t)rows;
	p->cells = g_new0(struct picture_cell, (size_t)cols * (size_t)rows);
	for (int y = 0; y < rows; y++)
		for (int x = 0; x < cols; x++) {
			struct picture_cell *cell = &p->cells[y * cols + x];
			gint fg, bg;

			cell->c = chafa_canvas_get_char_at(canvas, x, y);
			if (!picture_char_ok(cell->c))
				cell->c = ' ';
			chafa_canvas_get_raw_colors_at(canvas, x, y, &fg, &bg);
			cell->fg = (int16_t)(depth >= PICTURE_MONO ? -1 : fg);
			cell->bg = (int16_t)(depth >= PICTURE_MONO ? -1 : bg);
		}
	chafa_canvas_unref(canvas);
	return PICTURE_OK;
}

void
picture_warm_up(void)
{
	uint8_t grey[4 * 4 * 4] = { 0 };
	struct pixels px = { grey, 4, 4 };

	chafa_set_n_threads(1);
	for (int depth = PICTURE_256; depth <= PICTURE_MONO_LIGHT; depth++) {
		struct picture p = { 0 };

		picture_draw(&px, 2, 2, (enum picture_depth)depth, &p);
		g_free(p.cells);
	}
}
