/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/: what every room stands on: text, clock, secrets, settings, log, paths,
 * and the vocabulary of the doorbell. No SQL, no JSON, no sockets to the
 * network, no screen. Linked into all three programs.
 *
 * Never logged by anyone: patient text, names, tokens, keys, request bodies,
 * query strings, presigned URLs. base_log() takes constants, resource types,
 * ids, numbers and error codes.
 *
 * Strings are UTF-8. A size in bytes ends in _bytes or is called len, a width on
 * the terminal in _cols; a time since 1970 UTC ends in _ms.
 */
#ifndef QN_BASE_H
#define QN_BASE_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* g_autoptr for structs without a typedef: BASE_AUTO(store) s = NULL; */
#define BASE_DEFINE_AUTO(type, free_fn)                                        \
	static inline void base_auto_##type(struct type **p)                   \
	{                                                                      \
		if (*p)                                                        \
			free_fn(*p);                                           \
	}
#define BASE_AUTO(type)                                                        \
	__attribute__((cleanup(base_auto_##type))) struct type *

/* ---- i18n: base/i18n.c ------------------------------------------------- */

/* Message catalogues, used as _("...") for what a doctor reads. N_() marks a
 * string in a table; the user of the table calls _() on it. */
#include <libintl.h>
#define _(text) gettext(text)
#define N_(text) text
#define NGETTEXT(one, many, n) ngettext(one, many, n)

/* Sets locale and catalogue. language is the setting ("en", "zh_CN") or NULL to
 * follow the environment. Works on a machine with no locale but C.UTF-8. Returns
 * FALSE when no UTF-8 locale could be had: the caller says so. */
gboolean base_i18n_init(const char *language);
/* "zh_CN" or "en": what base_i18n_init() settled on. */
const char *base_i18n_language(void);
/* "zh" or "en" of it: what our tables and packs, and FHIR's translations, are
 * asked for. */
const char *base_i18n_lang(void);

/* ---- errors ------------------------------------------------------------- */

/* Errors of this room carry what failed; the sentence for the doctor is made
 * where it is shown. */
#define BASE_ERROR (base_error_quark())
GQuark base_error_quark(void);
enum base_error {
	BASE_ERROR_CONFIG,    /* message: file, line, key, what is wrong */
	BASE_ERROR_PATH,      /* a directory or file is unusable */
	BASE_ERROR_COMMAND,   /* an outside command failed */
	BASE_ERROR_DOORBELL,  /* doorbell socket */
};

/* Exit codes, the same for qingnang and qingnang-sync; see qingnang(1). */
enum base_exit {
	BASE_EXIT_OK = 0,
	BASE_EXIT_FAILED = 1,
	BASE_EXIT_USAGE = 2,
	BASE_EXIT_OFFLINE = 3,      /* the server could not be reached */
	BASE_EXIT_LOGIN = 4,        /* a login is needed, or was refused */
	BASE_EXIT_WRONG_DOCTOR = 5, /* the token is another practitioner's */
	BASE_EXIT_CACHE = 6,        /* the cache cannot be opened */
	BASE_EXIT_RUNNING = 7,      /* another qingnang-sync has the profile */
	BASE_EXIT_UNSENT = 8,       /* done, but something was not sent */
	BASE_EXIT_NOT_FOUND = 9,    /* no such consultation or result here */
	BASE_EXIT_BAD_SIGNATURE = 10, /* it does not hold, or what was signed
	                             * is not what stands there */
};

/* ---- text: base/text.c, grapheme.c, wrap.c, width.c, fold.c ------------ */

/*
 * The one gate through which all text from outside passes before it is shown
 * (F65). Output is valid UTF-8 without C0/C1 controls, escape sequences, bidi
 * controls, invisible and unassigned characters (each unknown → U+FFFD;
 * ZWJ, VS, SHY, ZWSP and friends dropped), at most 8 combining marks on a base.
 * Accepts any bytes; of an escape sequence the control byte goes and the rest
 * stays readable: nothing a patient wrote is hidden. The stored text itself is
 * never changed. Widths are glibc's in every locale, also before
 * base_i18n_init().
 */
enum base_lines {
	BASE_ONE_LINE,   /* newlines and tabs become one space; ends trimmed */
	BASE_MANY_LINES, /* \n kept, \r\n and \r → \n, tab → spaces to 8 */
};
char *base_text_show(const char *bytes, gssize len, enum base_lines lines);

/* Columns of already shown text, as the terminal counts (wcwidth). */
int base_text_cols(const char *text, gssize len);
/* Columns of one grapheme's first code point; 0, 1 or 2. */
int base_char_cols(gunichar c);

/* Grapheme cluster boundaries (UAX #29) in bytes; at is a boundary. */
size_t base_grapheme_next(const char *text, size_t len, size_t at);
size_t base_grapheme_prev(const char *text, size_t len, size_t at);

/* Cuts to at most cols columns, with "…" where something was lost. Owned. */
char *base_text_cut(const char *text, int cols);
/* Pads or cuts to exactly cols columns. Owned. */
char *base_text_fit(const char *text, int cols);

/* One line of wrapped text: a slice of the original. */
struct base_line {
	size_t start; /* bytes from the start of the text */
	size_t len;   /* bytes; newline and eaten blanks only with keep_blanks */
	int cols;
};
/* Breaks at spaces, between Han characters, never before closing punctuation
 * nor inside a grapheme (UAX #14, libunistring), and never between a number and
 * its unit ("20 mg") unless they have no room on one line. At least one line.
 * keep_blanks, for an editor: the lines tile the text, every byte is in exactly
 * one of them, the newline the last byte of its own (cols does not count it),
 * and a text that ends in a newline has an empty last line. Without it a newline
 * ends a line and blanks at a line's end are eaten. Owned array of struct
 * base_line. */
GArray *base_text_wrap(const char *text, size_t len, int cols,
    gboolean keep_blanks);

/* For comparing and filtering: NFKC, case-folded, fullwidth → halfwidth,
 * traditional → simplified. Owned. */
char *base_text_fold(const char *text);
/* The last of these steps, for one character: what it is written as in
 * simplified Chinese, else itself. */
gunichar base_char_simplified(gunichar c);
/* Fullwidth forms of ASCII and the Chinese punctuation on the same keys, for
 * keys typed with an input method on: ： → ':', ？ → '?', 、→ '/'. Others as
 * they are. */
gunichar base_key_narrow(gunichar c);
gboolean base_char_is_han(gunichar c);

/* ---- pictures as cells: base/picture.c ----------------------------------- */

/*
 * What qingnang-picture (picture/) says of a file, and what qingnang believes of
 * it: every count is bounded and every cell checked. Blocks, halves and quarters
 * of a cell (U+2580…259F), braille and the blank are the only characters.
 */
enum picture_end {
	PICTURE_OK,
	PICTURE_UNKNOWN,   /* of no kind that is shown here */
	PICTURE_DAMAGED,   /* cut short, or not what it says it is */
	PICTURE_TOO_LARGE, /* more pixels, bytes or work than is allowed */
	PICTURE_ENDS_
};
enum picture_kind { PICTURE_NONE, PICTURE_PNG, PICTURE_JPEG, PICTURE_GIF,
	PICTURE_WEBP, PICTURE_KINDS_ };
enum picture_depth { PICTURE_256, PICTURE_16, PICTURE_8, PICTURE_MONO,
	PICTURE_MONO_LIGHT };
struct picture_cell { uint32_t c; int16_t fg, bg; }; /* -1: the screen's own */
struct picture {
	enum picture_end end;
	enum picture_kind kind;
	gboolean moves;             /* this is the first of several */
	gboolean broken;            /* it ends too early: what there is of it */
	uint32_t width_px, height_px; /* as its head says; 0 unknown */
	uint16_t cols, rows;
	struct picture_cell *cells; /* row by row */
};
const char *picture_depth_word(enum picture_depth depth);
gboolean picture_depth_find(const char *word, enum picture_depth *out);
gboolean picture_char_ok(uint32_t c);
size_t picture_size_max(int cols, int rows); /* bytes of an answer, at most */
void picture_format(const struct picture *p, GByteArray *out);
/* NULL: not an answer, or larger than was asked for, or with a cell that is
 * none. */
struct picture *picture_parse(const void *bytes, size_t len, int cols,
    int rows, enum picture_depth depth);
void picture_free(struct picture *p);
BASE_DEFINE_AUTO(picture, picture_free)

/* A file that is to be sent: a regular one, of at most so many bytes. title is its
 * name as UTF-8; both owned. One sentence on error. */
gboolean base_file_read(const char *path, int64_t most_bytes, char **title,
    char **bytes, gsize *len, GError **error);
/* "image/png", by the bytes alone; "text/plain", "application/octet-stream". */
const char *base_file_type(const void *bytes, size_t len);

/* ---- clock: base/clock.c ------------------------------------------------ */

/* Wall clock and monotonic clock, both injectable for tests. */
int64_t base_now_ms(void);
int64_t base_mono_ms(void);
/* Tests only: fixed wall clock; 0 goes back to the real one. */
void base_clock_fix(int64_t now_ms);
/* Tests only: milliseconds by which the monotonic clock is ahead, looked up at
 * each reading; NULL: none. Borrowed. */
void base_clock_ahead(const volatile int64_t *ms);
/* The hospital's time zone (an IANA name); NULL: the machine's. FALSE when the
 * name is unknown. All formatting below uses it. */
gboolean base_clock_zone(const char *iana);
gboolean base_clock_zone_known(const char *iana);
GDateTime *base_clock_date(int64_t ms); /* in the hospital's zone; owned */

/* Short local words, translated: "48 min" / "48分", "2 h 10" / "2时10分", "3 d". */
char *base_wait_words(int64_t ms);
/* "today 10:31" / "今天 10:31", "yesterday 08:02", "10-03", "2025-10-03". */
char *base_time_words(int64_t ms);
char *base_clock_hhmm(int64_t ms);
/* Age on the hospital's today from a FHIR date (2019, 2019-03, 2019-03-04):
 * "68岁", "5个月", "12天" / "68y", "5mo", "12d"; NULL when unknown or absurd. */
char *base_age_words(const char *birth_date, const char *deceased_date);
/* Whole years, or -1. */
int base_age_years(const char *birth_date, const char *deceased_date);

/* ---- secrets: base/secret.c -------------------------------------------- */

/* Memory that is locked, guarded and wiped when freed (libsodium). */
struct base_secret;
struct base_secret *base_secret_new(size_t len_bytes);
/* Copies and wipes bytes, which stay the caller's to free. */
struct base_secret *base_secret_take(char *bytes, size_t len_bytes);
unsigned char *base_secret_data(struct base_secret *s);
size_t base_secret_len(const struct base_secret *s);
void base_secret_free(struct base_secret *s);
BASE_DEFINE_AUTO(base_secret, base_secret_free)
/* No core dumps, no ptrace by others; every program calls it first. */
void base_process_harden(void);
/* First line of what a command prints (sh -c), as a secret. Reads nothing of
 * the terminal; time limit 60 s. For passphrase_command and token_command. */
struct base_secret *base_secret_from_command(const char *command,
    GError **error);
/* All that can be read from an inherited pipe; closes it. */
struct base_secret *base_secret_from_fd(int fd, size_t max_bytes,
    GError **error);

/* ---- log: base/log.c ---------------------------------------------------- */

enum base_log_level { BASE_LOG_OFF, BASE_LOG_ERROR, BASE_LOG_INFO,
	BASE_LOG_DEBUG };
/* Control characters are encoded; off means no file is opened. path is owned by
 * the caller; mode 0600. */
gboolean base_log_open(const char *path, enum base_log_level level,
    GError **error);
void base_log(enum base_log_level level, const char *fmt, ...) G_GNUC_PRINTF(2,
    3);
void base_log_close(void);

/* ---- paths: base/path.c ------------------------------------------------- */

/* Where a program's data lies: the build tree's when the running program is
 * there (file build-tree beside it), else the installed place. name is like
 * "themes/dark.theme". Owned. */
char *base_data_path(const char *name);
/* Path of a sibling program ("qingnang-sync"); build tree, then beside the
 * running program, then bindir. Owned. */
char *base_program_path(const char *name);

/* Per profile; created 0700 on demand. Owned strings. */
char *base_profile_config_path(const char *profile); /* …/qingnang/NAME.conf */
char *base_profile_state_dir(const char *profile, GError **error);
/* $XDG_RUNTIME_DIR/qingnang/NAME, else a 0700 directory of the profile. */
char *base_profile_runtime_dir(const char *profile, GError **error);
/* A name: [A-Za-z0-9_-]{1,32}. */
gboolean base_profile_name_ok(const char *profile);

/* ---- settings: base/setting.c ------------------------------------------ */

/*
 * One table holds every setting: its key, type, default, bounds, section and
 * help; qingnang.conf(5), `qingnang doctor` and the tests read the same table.
 * The file is a GLib key file (INI); an unknown key is an error with its line.
 */
enum setting {
	/* [server] */
	SET_SERVER,            /* base URL, https:// (http:// to loopback only) */
	SET_PRACTITIONER,      /* "Practitioner/ID": who I am */
	SET_AUTH,              /* token-command | client-credentials | code */
	SET_CLIENT_ID,         /* keys are spelt with _: client_id */
	SET_CLIENT_SECRET_COMMAND,
	SET_TOKEN_COMMAND,
	SET_TOKEN_URL,         /* else by .well-known/smart-configuration */
	SET_AUTHORIZE_URL,
	SET_REDIRECT_PORT,     /* fixed loopback port, default 8737 */
	SET_SCOPE,
	SET_CA_FILE,
	SET_CLIENT_CERT,
	SET_CLIENT_KEY,
	SET_PROXY,             /* else the environment's *_proxy */
	SET_NO_PROXY,
	SET_ORIGIN_ALIASES,    /* list of origins that next links may name */
	SET_DIALECT,           /* auto | medplum | backport | hapi | none */
	SET_POLL_SECONDS,
	SET_ATTACH_MB,         /* the largest file that is sent */
	SET_BODY_CAP_BYTES,    /* default 32 MiB */
	SET_TIMEOUT_SECONDS,
	/* [cache] */
	SET_PASSPHRASE_COMMAND,
	SET_RETENTION_DAYS,    /* default 90 */
	SET_FILES_MB,          /* pictures and files that are kept here */
	SET_KEYRING_MINUTES,   /* 0: never cache the key; default 480 */
	/* [screen] */
	SET_LANGUAGE,          /* "", en, zh_CN */
	SET_TIME_ZONE,         /* IANA name; "" = the machine's */
	SET_THEME,
	SET_LOCK_MINUTES,      /* default 5; 0 = never */
	SET_MOUSE,
	SET_BELL,
	SET_FILE_PROGRAM,      /* the same */
	SET_FILE_PROGRAMS,     /* base_setting_program() */
	SET_LINK_PROGRAM,      /* one word, no arguments; "": none */
	/* [queue] reply-by hours by Communication.priority */
	SET_HOURS_STAT, SET_HOURS_ASAP, SET_HOURS_URGENT, SET_HOURS_ROUTINE,
	/* [prescribing] */
	SET_RULES,             /* packs by name or path; the later replaces */
	SET_CDS_URL,           /* a CDS Hooks service root; "": none */
	SET_STEP_UP_MINUTES,   /* default 5; 0 = the secret for every signature */
	/* [log] */
	SET_LOG_LEVEL,
	SET_COUNT_
};
enum setting_type { SETTING_TEXT, SETTING_INT, SETTING_BOOL, SETTING_ENUM,
	SETTING_LIST };
struct setting_def {
	const char *section, *key;
	enum setting_type type;
	const char *fallback;         /* default, as text */
	int64_t min, max;             /* SETTING_INT */
	const char *const *words;     /* SETTING_ENUM: NULL-terminated */
	const char *help;             /* N_() */
};
extern const struct setting_def setting_defs[SET_COUNT_];

struct base_settings;
struct base_settings *base_settings_new(void); /* all defaults */
/* A missing file is an error of G_FILE_ERROR_NOENT. */
struct base_settings *base_settings_load(const char *path, GError **error);
/* The same from bytes; path is for the error's words. */
struct base_settings *base_settings_parse(const char *text, size_t len,
    const char *path, GError **error);
gboolean base_settings_save(const struct base_settings *s, const char *path,
    GError **error); /* 0600, atomic; only what differs from the default */
const char *base_setting(const struct base_settings *s, enum setting key);
/* base_secret_from_command() of a setting, which the error names. */
struct base_secret *base_secret_from_setting(const struct base_settings *s,
    enum setting key, GError **error);
int64_t base_setting_int(const struct base_settings *s, enum setting key);
gboolean base_setting_bool(const struct base_settings *s, enum setting key);
/* A SETTING_LIST in its parts; g_strfreev(). */
char **base_setting_list(const struct base_settings *s, enum setting key);
/* What shows a file of that type outside; "": nothing. Owned. */
char *base_setting_program(const struct base_settings *s, const char *type);
gboolean base_setting_set(struct base_settings *s, enum setting key,
    const char *value, GError **error);
void base_settings_free(struct base_settings *s);
/* An address we may send a token to: https, or http to loopback; no password
 * in it. */
gboolean base_url_ok(const char *url);
BASE_DEFINE_AUTO(base_settings, base_settings_free)

/* ---- doorbell: base/doorbell.c ----------------------------------------- */

/*
 * Lines over a unix stream socket "doorbell" in the profile's runtime directory,
 * one JSON-free line each: verb, then space-separated words, '\n'. At most 512
 * bytes. No patient data ever: kinds, ids, numbers. Same user only
 * (SO_PEERCRED). Safe to lose: the store is the truth, a line a hint.
 *
 * sync → screen
 *   changed KIND ID      KIND: queue | consult | patient | outbox | all
 *                        ID: the store's number, 0 for "several"
 *   state WORD SINCE_MS FRESH_MS
 *                        WORD: live | catching-up | polling | offline |
 *                        login-needed | wrong-doctor | refused |
 *                        disk-fails | cache-damaged
 *                        FRESH_MS: time of the last proof of freshness, 0 none
 *   progress PHASE DONE TOTAL   PHASE: queue | charts | history; TOTAL 0 unknown
 *   fetching N DONE TOTAL   bytes of attachment File/N; TOTAL 0 unknown
 *   answer REQUEST_ID ok|gone|refused|failed
 *   ended REQUEST_ID EXIT COUNT   to the one who asked to pull or purge: an
 *                        enum base_exit; resources new or changed, patients
 *                        removed
 *   bye
 * screen → sync
 *   hello screen         first line of a client (also: hello command)
 *   poke                 the outbox has something
 *   active 0|1           a doctor is at the keys (sync pauses between batches)
 *   fetch REQUEST_ID TYPE/ID LIMIT_MS   File/N: an attachment that is wanted,
 *                        by its number in the store;
 *                        Provenance?target=TYPE/ID: what speaks of it
 *   check REQUEST_ID N LIMIT_MS   decision support about prescription N
 *   pull REQUEST_ID      send, fetch all that is new now, send
 *   purge REQUEST_ID     remove those whose retention has ended, now
 *   stay                 do not end with the last client
 *   quit                 this client leaves
 */
enum doorbell_verb { BELL_CHANGED, BELL_STATE, BELL_PROGRESS, BELL_FETCHING,
	BELL_ANSWER, BELL_ENDED, BELL_BYE, BELL_HELLO, BELL_POKE, BELL_ACTIVE,
	BELL_FETCH, BELL_CHECK, BELL_PULL, BELL_PURGE, BELL_STAY, BELL_QUIT,
	BELL_UNKNOWN };
enum doorbell_state { BELL_LIVE, BELL_CATCHING_UP, BELL_POLLING, BELL_OFFLINE,
	BELL_LOGIN_NEEDED, BELL_WRONG_DOCTOR, BELL_REFUSED, BELL_DISK_FAILS,
	BELL_CACHE_DAMAGED };
enum doorbell_kind { BELL_KIND_QUEUE, BELL_KIND_CONSULT, BELL_KIND_PATIENT,
	BELL_KIND_OUTBOX, BELL_KIND_ALL };
#define DOORBELL_PROVENANCE "Provenance?target="
enum { DOORBELL_WORD_BYTES = 128 };
enum doorbell_phase { BELL_PHASE_QUEUE, BELL_PHASE_CHARTS, BELL_PHASE_HISTORY };
struct doorbell_line {
	enum doorbell_verb verb;
	enum doorbell_kind kind;
	enum doorbell_state state;
	enum doorbell_phase phase;
	int64_t id;              /* store number, request id, or 0|1 of active */
	int64_t since_ms, fresh_ms, limit_ms;
	int64_t done, total;
	int64_t code, count;     /* of ended; count: prescription of check */
	char word[DOORBELL_WORD_BYTES]; /* hello's, answer's, what to fetch */
};
/* FALSE and BELL_UNKNOWN for anything not of the grammar: ignored, not fatal. */
gboolean doorbell_parse(const char *line, size_t len,
    struct doorbell_line *out);
/* Writes a line with its newline; returns its length. size ≥ 512. */
size_t doorbell_format(const struct doorbell_line *line, char *buf,
    size_t size);
/* The words above, both ways; index by the enums. */
extern const char *const doorbell_state_words[];
/* The same for a person, in the language of the settings. */
const char *doorbell_state_name(enum doorbell_state state);

/* Non-blocking, CLOEXEC sockets. listen takes over a dead socket file; whoever
 * finds the new one can connect. */
int doorbell_listen(const char *runtime_dir, GError **error);
/* To be told when one is hung up there, without asking again and again: a
 * descriptor to poll for reading, or -1; doorbell_hung() empties it. */
int doorbell_watch(const char *runtime_dir);
gboolean doorbell_hung(int watch_fd);
int doorbell_accept(int listen_fd); /* -1: nobody, or not the same user */
int doorbell_connect(const char *runtime_dir, GError **error);

/* A buffered end of the doorbell, for both programs. */
struct doorbell;
struct doorbell *doorbell_new(int fd); /* takes fd */
int doorbell_fd(const struct doorbell *d);
/* Sends, or keeps up to 64 KiB for a slow reader. FALSE: not taken, since there
 * is no room or no peer; for lost "changed" lines one "changed all 0" follows. */
gboolean doorbell_send(struct doorbell *d, const struct doorbell_line *line);
/* TRUE: poll for writing too, and call doorbell_flush() when it can be written
 * (doorbell_send and doorbell_read flush as well). */
gboolean doorbell_pending(const struct doorbell *d);
gboolean doorbell_flush(struct doorbell *d); /* FALSE: the peer is gone */
/* Reads what is there, at most 16 KiB a call, so that a flood cannot keep the
 * loop; calls back per line. FALSE when the peer is gone. Not to be freed from
 * within the callback. */
gboolean doorbell_read(struct doorbell *d,
    void (*line)(const struct doorbell_line *line, void *user), void *user);
void doorbell_free(struct doorbell *d);
BASE_DEFINE_AUTO(doorbell, doorbell_free)

#endif
