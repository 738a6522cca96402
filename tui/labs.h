/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results as a doctor reads them, without a screen: the rows of the results page,
 * a test in time, what was read at home. The views and the commands (cli/) stand
 * on it, so that a command says what its screen says. The third public header of
 * the room. Texts are shown-safe unless they are a chart_entry's.
 */
#ifndef QN_TUI_LABS_H
#define QN_TUI_LABS_H

#include "care/analyte.h"
#include "store/results.h"

/* ---- tests, latest first: results_rows.c -------------------------------- */

/* A test, or several that care's table calls the same. */
struct results_line {
	const struct result_row *row;       /* the newest of them */
	const struct care_analyte *analyte; /* or NULL */
	const struct chart_entry *before;   /* NULL: none */
	int rank;                           /* 0 critical, 1 abnormal … */
	char *name, *value, *more, *date;
	char *change;                       /* "+0.4", NULL: does not compare */
};
/* Abnormal first; GArray of struct results_line, owned. results stays. */
GArray *results_lines_new(const struct results *results, int64_t now_ms);
/* "糖化血红蛋白 7.2 %(2026-10-03)": the words of the Observation itself. */
char *results_fact_words(const struct results_line *line);
/* What the text quotes for this draft is not what the chart says now: corrected,
 * withdrawn or gone since (fact.c). One sentence about the first of them, owned;
 * NULL: all stand. */
char *results_quote_stale(struct store *store, struct draft_key key,
    const char *text);
/* 2: the test's very name, 1: the beginning of one or a part, 0: not. */
int results_fits(const struct results_line *line, const char *folded);
/* The lines that fit best what was typed; borrowed, owned array. */
GPtrArray *results_found(const GArray *lines, const char *typed);
/* What an explanation quotes of a report: what is out of range, else all, the
 * gravest first, at most so many; borrowed, owned array. */
GPtrArray *results_told(const GArray *lines, guint max);
/* A day as typed, "2026-12-07", "12-07" (the next), "14d", "+2w", from now on;
 * as FHIR writes it, owned. NULL: it is none, or past. */
char *results_due(const char *typed, int64_t now_ms);
/* What a doctor reads of an entry: the server's mark, else the range's. */
const char *results_reading(const struct chart_entry *entry);

/* ---- a test in time: trend_read.c --------------------------------------- */

struct trend_value {
	const struct chart_entry *e;
	char *number;            /* in the unit of the trend; NULL: not drawn */
	double y, second;        /* of a pressure both, else second is NAN */
};
struct trend {
	char *name, *test, *unit;
	char *range;             /* the band's words where it is no plain one */
	/* summary: "12 values from … to …: lowest 6.1, highest 8.0 %; 5 out of
	 * range"; notes: what is not drawn, and why. "" where there is nothing. */
	char **tests;
	struct result_series *series;
	GArray *values;          /* struct trend_value, newest first */
	int refused;             /* values whose unit does not convert */
	int date_cols;           /* of the widest trend_date_words() */
	char *summary, *notes;   /* worked out once: a redraw is short */
	double band_low, band_high; /* reference; ±INFINITY open, low > high none */
};
enum { TREND_POINTS_MAX = 5000 };
/* Which test it is of, without its values yet; what it needs is copied. */
struct trend *trend_of(const struct results_line *line);
struct trend *trend_read(struct store *store, struct patient_id patient,
    const struct results_line *line, GError **error);
/* The same read again; FALSE leaves it as it was. */
gboolean trend_again(struct trend *trend, struct store *store,
    struct patient_id patient, GError **error);
void trend_free(struct trend *trend);
BASE_DEFINE_AUTO(trend, trend_free)
const struct trend_value *trend_at(const struct trend *trend, int64_t i);
/* "HbA1c 7.2 % on 2026-10-03, up 0.4 in 11 months": of value i. Owned. */
char *trend_sentence(const struct trend *trend, guint i);
/* The day of value i as far as it is known, or that it has none; with the time
 * where another is of the same day. Owned. */
char *trend_date_words(const struct trend *trend, int64_t i);
/* A value with its mark, its range and what is to be known of it. Owned. */
char *trend_words(const struct trend_value *value);

/* ---- reports as text: report_read.c ------------------------------------- */

struct report_text {
	char *text;              /* shown-safe; the links numbered at its end */
	GPtrArray *links;        /* char *, each report_link_ok() */
};
/* "DiagnosticReport/x". */
struct report_text *report_text_read(struct store *store, const char *ref,
    GError **error);
void report_text_free(struct report_text *report);
BASE_DEFINE_AUTO(report_text, report_text_free)
/* An https address that is one word for every program. */
gboolean report_link_ok(const char *url);
/* The row of a report itself, and not of a test. */
gboolean results_is_report(const struct results_line *line);

/* ---- year on year (F41): years_read.c ----------------------------------- */

enum { YEARS_MAX = 5 };
struct year_cell {
	const struct chart_entry *e; /* NULL: none in this year */
	char *value, *date;          /* as it stands, with its mark */
	char *change, *percent;      /* against the year before that has one;
	                              * NULL: it does not compare */
};
struct year_row {
	const struct results_line *line;
	struct year_results *years;
	struct year_cell cells[YEARS_MAX]; /* of *from, *from + 1 … */
};
/* The tests that have results in two of the years or more, in the order of the
 * lines, which stay. GArray of struct year_row, owned. */
GArray *years_read(struct store *store, struct patient_id patient,
    const GArray *lines, int64_t now_ms, int *from, GError **error);

/* ---- read at home (F43): home_read.c ------------------------------------ */

enum home_part { HOME_MORNING, HOME_EVENING, HOME_UNTIMED, HOME_PARTS_ };
struct home_value {
	const struct chart_entry *e;
	char *number;            /* in the sheet's unit; NULL: does not convert */
	enum home_part part;     /* before noon, after, or no time was given */
	gboolean out;            /* out of range */
};
struct home_day {
	char *date;              /* "2026-10-03" */
	GArray *values;          /* struct home_value, by time */
	char *mean;              /* of the numbers, or NULL */
	gboolean out;            /* one of them is */
};
/* One test: rows days, the newest first. */
struct home_sheet {
	char *name, *unit, *mean;
	GPtrArray *days;         /* struct home_day */
	int n, out;              /* readings; of these out of range */
};
/* GPtrArray of struct home_sheet, most readings first; readings stay. */
GPtrArray *home_sheets_new(const struct home_readings *readings);
/* What a cell says: "158/94 ↑, 152/90 ↑". Owned; "" empty. */
char *home_cell(const struct home_day *day, enum home_part part);
gboolean home_has_untimed(const struct home_sheet *sheet);
/* "mean 156/93 in 7 days, 12 of 14 out of range". Owned. */
char *home_sheet_words(const struct home_sheet *sheet);

/* Days in a row on which something was read out of range, up to the last day on
 * which the patient read it, which is no longer ago than a week. No more days are
 * looked at than HOME_RUN_LOOK. */
enum { HOME_RUN_DAYS = 3, HOME_RUN_WEEK = 7, HOME_RUN_LOOK = 15 };
struct home_run {
	struct patient_brief patient;
	char *name, *value, *date, *ref; /* of the last reading */
	int days, rank;
};
struct home_runs { GArray *runs; GStringChunk *text; };
/* The graver first. */
struct home_runs *home_runs_read(struct store *store, int64_t now_ms,
    GError **error);
void home_runs_free(struct home_runs *runs);
BASE_DEFINE_AUTO(home_runs, home_runs_free)

#endif
