/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of the first screen: bare ncurses and plain SQLite, 50 rows of a
 * queue from a covering index, with names and complaints as the queue has them,
 * one line below. Nothing else.
 *
 * usage: floor_screen --make DB ROWS | floor_screen DB
 */
#define _GNU_SOURCE
#include <locale.h>
#include <ncurses.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 50

static int
make(const char *path, const char *rows)
{
	static const char sql[] = "PRAGMA journal_mode = WAL; BEGIN;"
	    "CREATE TABLE queue(key INTEGER PRIMARY KEY, rank INT, deadline INT,"
	    " name TEXT, sex TEXT, birth TEXT, complaint TEXT, unread INT);"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < %s) INSERT INTO queue SELECT i, i %% 2,"
	    " i * 7919 %% 1000003, substr('张王李赵陈刘杨黄', 1 + i %% 8, 1) ||"
	    " substr('银桂雪建秀晓', 1 + i %% 6, 1) || '兰', 'female',"
	    " '1957-03-04', CASE i %% 3 WHEN 0 THEN '高血压复诊' WHEN 1 THEN"
	    " '2型糖尿病复诊' ELSE 'Swollen ankles' END, i %% 4 FROM n;"
	    "CREATE INDEX queue_order ON queue(rank, deadline, key, name, sex,"
	    " birth, complaint, unread); COMMIT";
	sqlite3 *db = NULL;
	char *text = sqlite3_mprintf("%z", sqlite3_mprintf(sql, rows));
	int rc = sqlite3_open(path, &db);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, text, NULL, NULL, NULL);
	sqlite3_free(text);
	sqlite3_close(db);
	return rc == SQLITE_OK ? 0 : 1;
}

static void
draw(sqlite3_stmt *stmt)
{
	for (int y = 0; y < ROWS && sqlite3_step(stmt) == SQLITE_ROW; y++) {
		move(y, 0);
		for (int i = 0; i < sqlite3_column_count(stmt); i++)
			printw("%s  ", sqlite3_column_text(stmt, i));
	}
	mvaddstr(LINES - 1, 0, "floor: q leaves");
	refresh();
}

int
main(int argc, char **argv)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	if (argc == 4 && strcmp(argv[1], "--make") == 0)
		return make(argv[2], argv[3]);
	setlocale(LC_ALL, "");
	if (argc != 2 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE,
	    NULL) != SQLITE_OK || sqlite3_prepare_v2(db, "SELECT key, name,"
	    " sex, birth, complaint, unread FROM queue ORDER BY rank,"
	    " deadline, key LIMIT 50", -1, &stmt, NULL) != SQLITE_OK)
		return 1;
	initscr();
	draw(stmt);
	getch();
	endwin();
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return 0;
}
