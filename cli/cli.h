/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli/: qingnang's main, its options, one file per subcommand, and the starter
 * that alone starts outside programs. May use every room but net/ and clinic/.
 *
 * Never logged: arguments, what a command prints, anything of a patient.
 */
#ifndef QN_CLI_H
#define QN_CLI_H

#include "store/rx.h"
#include "tui/tui.h"

#define CLI_ERROR (cli_error_quark())
/* Domain of the errors below; their messages are sentences for a person. */
GQuark cli_error_quark(void);
enum cli_error {
	CLI_ERROR_USAGE,
	CLI_ERROR_TERMINAL, /* a terminal is needed and there is none */
	CLI_ERROR_START,    /* a sibling program could not be started */
	CLI_ERROR_COMMAND,  /* passphrase_command printed a wrong one */
	CLI_ERROR_NO_FILE,  /* an attachment that cannot be had */
	CLI_ERROR_NO_SIGNATURE, /* nothing here to verify */
};

/* ---- one run: cli/cli.c ------------------------------------------------- */

/* The profile that this run is about, and what was opened of it so far. */
struct cli {
	const char *profile;
	gboolean practice;              /* the throw-away profile */
	struct base_settings *settings; /* defaults while there is no file */
	gboolean configured;            /* a settings file was there */
	char *config_path, *state_dir, *runtime_dir;
};

/* One entry per subcommand, in its own file. run gets what follows the command
 * word, argv[0] being that word, and returns an exit code (enum base_exit). */
/* What was typed and is not known is said again, shortened to so many columns. */
enum { CLI_SAID_COLS = 60 };

struct cli_command {
	const char *name;
	const char *args;     /* as in the manual: "ID [-m TEXT]" */
	const char *summary;  /* N_() */
	gboolean needs_profile; /* a configured profile, or one sentence */
	int words;            /* that may follow beside options */
	int (*run)(struct cli *cli, int argc, char **argv);
};
extern const struct cli_command *const cli_commands[]; /* NULL-terminated */

/* The whole program; returns its exit code. */
int cli_main(int argc, char **argv);
/* Paths and settings of a profile; a missing file leaves the defaults. */
gboolean cli_open(struct cli *cli, const char *profile, GError **error);
void cli_close(struct cli *cli);

/* Prints one sentence on stderr, "qingnang: …", and returns the exit code that
 * fits the error. Takes and frees error. */
int cli_fail(GError *error);
/* The sentence for a person: what, where, what now. Owned. */
char *cli_sentence(const GError *error);

/* Options of a subcommand; unknown ones are one sentence. help_out: --help was
 * printed. FALSE: *exit_out is the code. */
gboolean cli_options(const struct cli_command *command,
    const GOptionEntry *entries, int *argc, char ***argv, int *exit_out);
/* Says that two options exclude each other; returns the exit code. */
int cli_either(const struct cli_command *command, const char *one,
    const char *other);

/* ---- the keys: cli/key.c, cli/signing.c --------------------------------- */

enum cli_ask {
	CLI_ASK_NEVER,    /* keyring, passphrase_command */
	CLI_ASK_TERMINAL, /* … and then the terminal, without echo */
};
/* The data key of the profile's cache. Owned. */
struct base_secret *cli_key(struct cli *cli, enum cli_ask ask, GError **error);
/* The kernel keyring's copy, for this very slot: kept as long as the setting
 * says, or forgotten (lock, new passphrase). */
void cli_key_keep(struct cli *cli, const struct base_secret *key);
void cli_key_forget(struct cli *cli);
/* Asks on the terminal without echo. Owned. */
struct base_secret *cli_ask_secret(const char *prompt, GError **error);
/* The signing secret or PIN, typed at a terminal and come by in no other way;
 * owned. new: asked twice, and long enough. */
struct base_secret *cli_signing_secret(const char *prompt, GError **error);
struct base_secret *cli_signing_secret_new(GError **error);
/* The cache, opened for a command. */
struct store *cli_store(struct cli *cli, GError **error);

/* ---- outside programs: cli/starter.c ------------------------------------ */

/* A small process forked before the filter and before the terminal is touched.
 * It knows a fixed list of verbs and nothing else. */
struct starter;
enum starter_verb {
	STARTER_SYNC, /* qingnang-sync for the profile; the key through a pipe */
	STARTER_FILE, /* tui_file_program() with a file of ours */
	STARTER_LINK, /* the program of link_program with one https address */
};
/* The programs of the settings are known from birth: who asks later names an
 * address or a file alone. */
struct starter *starter_new(const char *profile,
    const struct base_settings *settings, const char *runtime_dir,
    GError **error);
/* name: "view-…/document.ext" below the runtime directory; lock: that file's. */
gboolean starter_file(struct starter *starter, const char *name, int lock,
    GError **error);
gboolean starter_link(struct starter *starter, const char *url,
    GError **error);
gboolean starter_sync(struct starter *starter, const struct base_secret *key,
    GError **error);
void starter_free(struct starter *starter);
BASE_DEFINE_AUTO(starter, starter_free)

/* Runs qingnang-sync in the foreground with these arguments and this key (NULL:
 * none) and returns its exit code, -1 on error. */
int cli_run_sync(struct cli *cli, const struct base_secret *key,
    const char *const *args, GError **error);
/* A pipe that holds the key, for a child to read; -1 on error. */
int cli_key_pipe(const struct base_secret *key, GError **error);
/* Tells a running qingnang-sync that the outbox has something; FALSE: none runs. */
gboolean cli_poke(struct cli *cli);

/* ---- seccomp: cli/guard.c ----------------------------------------------- */

/* From here on this process and its children open no network sockets, trace
 * nobody, and push no keys into a terminal. FALSE where the kernel has no
 * seccomp: said once, not fatal. */
gboolean cli_guard(void);
/* What is given to the kernel; NULL where there is none for this machine. */
struct sock_fprog;
const struct sock_fprog *cli_guard_program(void);

/* ---- JSON output: cli/json.c -------------------------------------------- */

/* Writes documents with a stable shape; escapes all text. Bytes that are not
 * UTF-8 become U+FFFD. */
struct cli_json { GString *out; int depth; gboolean comma; gboolean pretty; };
void cli_json_object(struct cli_json *j, const char *key_or_null);
void cli_json_array(struct cli_json *j, const char *key_or_null);
void cli_json_close(struct cli_json *j, char bracket); /* '}' or ']' */
void cli_json_text(struct cli_json *j, const char *key_or_null,
    const char *text);
void cli_json_int(struct cli_json *j, const char *key_or_null, int64_t n);
/* null where it is not known. */
void cli_json_known(struct cli_json *j, const char *key_or_null,
    gboolean known, int64_t n);
void cli_json_bool(struct cli_json *j, const char *key_or_null, gboolean b);
/* An instant as FHIR writes it; null when 0. */
void cli_json_time(struct cli_json *j, const char *key_or_null, int64_t ms);

/* A JSON value as it is. */
void cli_json_raw(struct cli_json *j, const char *key_or_null,
    const char *bytes, size_t len);

/* ---- shared by commands ------------------------------------------------- */

/* The thread behind a FHIR id or "Type/id", and which kind it is; owned. NULL
 * with STORE_ERROR_NOT_FOUND when it is not here. */
struct cli_place {
	enum queue_kind kind;
	struct consult_id consult;
	struct report_id report;
};
struct thread *cli_thread(struct store *store, const char *id, int limit,
    struct cli_place *place, GError **error);
/* The queue's row of a renewal request or a rejected prescription, the page's one;
 * owned, NULL: the queue has none of that id. */
struct queue_page *cli_task_row(struct store *store, const char *id);
void cli_json_patient(struct cli_json *j, const char *key,
    const struct patient_brief *patient);
/* The JSON's words of a chart; NULL: of that section nothing is printed. */
const char *cli_section_word(enum chart_section section);
const char *cli_section_state_word(enum section_state state);
/* "consultation", "result": the JSON's. */
const char *cli_kind_word(enum queue_kind kind);
const char *cli_priority_word(enum fhir_priority priority); /* FHIR's code */
const char *cli_sex_word(const char *sex); /* translated */
const char *cli_entry_word(enum entry_status status); /* the JSON's */
/* A patient by the FHIR id, with or without "Patient/"; n 0 with an error. */
struct patient_id cli_patient(struct store *store, const char *id,
    GError **error);
/* The screens on an opened profile. key is taken. */
int cli_screens(struct cli *cli, struct base_secret *key);
/* Questions on plain lines: server, who I am, login, passphrase. */
int cli_setup(struct cli *cli);
/* The practice clinic and the screens upon it. */
int cli_practice(struct cli *cli, gboolean fresh,
    const char *const *clinic_args);

#endif
