/* SPDX-License-Identifier: Apache-2.0 */
/* qingnang-picture COLS ROWS DEPTH: a picture on standard input, its cells on
 * standard output. Started by qingnang; of no use by hand. */
#include "config.h"
#include "picture/picture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct asked { int cols, rows; enum picture_depth depth; };

static gboolean
understood(int argc, char **argv, struct asked *a)
{
	if (argc != 4)
		return FALSE;
	a->cols = atoi(argv[1]);
	a->rows = atoi(argv[2]);
	return a->cols > 0 && a->rows > 0 && a->cols <= PICTURE_CELLS_MAX &&
	    a->rows <= PICTURE_CELLS_MAX &&
	    picture_depth_find(argv[3], &a->depth);
}

/* All of it, to one byte over what is allowed. */
static uint8_t *
read_all(size_t *len)
{
	size_t room = 1 << 16;
	uint8_t *bytes = malloc(room);
	ssize_t n = 1;

	*len = 0;
	while (bytes && n > 0 && *len <= PICTURE_BYTES_MAX) {
		if (*len == room) {
			uint8_t *more = realloc(bytes, room *= 2);

			if (!more)
				free(bytes);
			bytes = more;
			continue;
		}
		n = read(STDIN_FILENO, bytes + *len, room - *len);
		if (n > 0)
			*len += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	return bytes;
}

static int
answer(const struct picture *p)
{
	g_autoptr(GByteArray) out = g_byte_array_new();
	size_t at = 0;

	picture_format(p, out);
	while (at < out->len) {
		ssize_t n = write(STDOUT_FILENO, out->data + at, out->len - at);

		if (n < 0 && errno != EINTR)
			return 1;
		at += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct picture p = { 0 };
	struct pixels px = { 0 };
	struct asked a;
	uint8_t *bytes;
	size_t len;

	if (!understood(argc, argv, &a)) {
		fputs("qingnang-picture: started by qingnang, to show a "
		    "picture; see qingnang(1)\n", stderr);
		return 2;
	}
	picture_warm_up();
	if (!picture_cage())
		return 1;
	bytes = read_all(&len);
	p.end = !bytes ? PICTURE_TOO_LARGE : picture_decode(bytes, len,
	    MAX(a.cols, a.rows * 2) * 8, &p, &px);
	if (p.end == PICTURE_OK)
		pixels_flatten(&px);
	if (p.end == PICTURE_OK)
		p.end = picture_draw(&px, a.cols, a.rows, a.depth, &p);
	return answer(&p);
}
