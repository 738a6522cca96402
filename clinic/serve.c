/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the clinic: storage, port, the line on stdout, the loop, the end. */
#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "clinic/feed.h"
#include "clinic/load.h"
#include "clinic/server.h"

#define PRACTITIONER "Practitioner/practice-doctor"
#define PAGE_MAX 1000

static struct lws_context *stop_context;
static volatile sig_atomic_t stop;

static void
on_signal(int number)
{
	stop = 1;
	if (stop_context)
		lws_cancel_service(stop_context);
}

static void
catch_signals(struct lws_context *lws)
{
	struct sigaction stopping = { .sa_handler = on_signal };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	stop_context = lws;
	sigaction(SIGTERM, &stopping, NULL);
	sigaction(SIGINT, &stopping, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

/* ---- what is in it ------------------------------------------------------ */

/* The doctor, so that there is one also in an empty clinic. */
static gboolean
ensure_doctor(struct clinic_server *s, GError **error)
{
	static const char doctor[] = "{\"resourceType\":\"Practitioner\","
	    "\"active\":true,\"name\":[{\"family\":\"Wu\",\"given\":"
	    "[\"Kerong\"],\"text\":\"吴科荣\"}]}";
	const char *id = strchr(PRACTITIONER, '/') + 1;
	BASE_AUTO(clinic_row) row = clinic_db_get(s->clinic.db,
	    "Practitioner", id, error);

	if (row || (error && *error))
		return row != NULL;
	return clinic_db_put(s->clinic.db, "Practitioner", id, doctor,
	    sizeof(doctor) - 1, clinic_now_ms(&s->clinic), NULL, error);
}

static gboolean
load(struct clinic_server *s, GError **error)
{
	struct clinic_loaded loaded;

	if (!s->options.load_dir)
		return TRUE;
	if (!clinic_load(s->clinic.db, s->options.load_dir,
	    clinic_now_ms(&s->clinic), &loaded, error))
		return FALSE;
	fprintf(stderr, "qingnang-clinic: %" G_GINT64_FORMAT " resources "
	    "loaded, %" G_GINT64_FORMAT " files or entries skipped\n",
	    loaded.resources, loaded.skipped);
	return TRUE;
}

/* A clinic that has patients from an earlier run keeps them. */
static gboolean
seed(struct clinic_server *s, GError **error)
{
	struct clinic_seed_options o = { .seed = s->options.seed,
		.patients = s->options.patients,
		.renewals = s->options.renewals,
		.formulary = s->options.formulary,
		.practitioner = s->practitioner,
		.now_ms = clinic_now_ms(&s->clinic) };

	if (!(o.patients || o.renewals || o.formulary) || (s->options.db_path &&
	    (clinic_db_count(s->clinic.db, "Patient") ||
	    clinic_db_count(s->clinic.db, "Medication"))))
		return TRUE;
	return clinic_seed(s->clinic.db, &o, error);
}

/* ---- patients and pharmacist --------------------------------------------- */

static void
on_tick(lws_sorted_usec_list_t *sul)
{
	struct clinic_server *s = lws_container_of(sul, struct clinic_server,
	    tick);
	int64_t now_ms = clinic_now_ms(&s->clinic);
	int64_t next_ms = s->patients ?
	    clinic_patients_tick(s->patients, now_ms) : INT64_MAX;

	if (s->pharmacist)
		next_ms = MIN(next_ms,
		    clinic_pharmacist_tick(s->pharmacist, now_ms));
	if (next_ms < INT64_MAX)
		lws_sul_schedule(s->lws, 0, &s->tick, on_tick,
		    MAX(next_ms - now_ms, 1) * LWS_US_PER_MS);
}

/* A write may have made something due. Not in the midst of it. */
static void
on_write(const struct clinic_row *row, void *user)
{
	struct clinic_server *s = user;

	lws_sul_schedule(s->lws, 0, &s->tick, on_tick, 1);
}

static void
wake_people(struct clinic_server *s)
{
	struct clinic_patients_options o = { .seed = s->options.seed,
		.practitioner = s->practitioner, .pace = s->options.pace };

	if (o.pace <= 0)
		return;
	if (s->options.patients || s->options.renewals)
		s->patients = clinic_patients_new(s->clinic.db, &o,
		    clinic_now_ms(&s->clinic));
	s->pharmacist = clinic_pharmacist_new(s->clinic.db,
	    s->options.pharmacist, o.pace, clinic_now_ms(&s->clinic));
	clinic_on_write(s->clinic.db, on_write, s);
	lws_sul_schedule(s->lws, 0, &s->tick, on_tick, 1);
}

static gboolean
open_storage(struct clinic_server *s, GError **error)
{
	struct clinic *c = &s->clinic;

	c->db = clinic_db_open(s->options.db_path, error);
	if (!c->db)
		return FALSE;
	c->dialect = s->options.dialect;
	c->page_max = PAGE_MAX;
	clinic_db_random_versions(c->db, c->dialect == DIALECT_MEDPLUM);
	s->practitioner = g_strdup(PRACTITIONER);
	if (RAND_bytes(c->seal, sizeof(c->seal)) != 1)
		g_error("no random numbers");
	return ensure_doctor(s, error) && load(s, error) && seed(s, error);
}

/* ---- the port ----------------------------------------------------------- */

static void
log_line(int level, const char *line)
{
	/* lws speaks of sockets and of nothing else. */
	fprintf(stderr, "qingnang-clinic: %s", line);
}

static gboolean
listen_there(struct clinic_server *s, GError **error)
{
	struct lws_context_creation_info info = {
		/* With IPv6, lws 4.1.6 takes iface for a wish and listens
		 * everywhere. */
		.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		    LWS_SERVER_OPTION_DISABLE_IPV6,
		.user = s, .port = s->options.port, .iface = "127.0.0.1",
		.protocols = s->protocols, .vhost_name = "clinic",
		.max_http_header_data2 = 65535, .max_http_header_pool = 64,
		.keepalive_timeout = 300, .timeout_secs = 60,
		.pt_serv_buf_size = 65536, .gid = -1, .uid = -1,
	};

	s->protocols[0] = (struct lws_protocols){ .name = "fhir",
		.callback = clinic_http_callback,
		.per_session_data_size = clinic_http_session_bytes };
	lws_set_log_level(LLL_ERR, log_line);
	if (s->options.tls) {
		if (!clinic_tls_make(&s->tls, s->options.state_dir, error))
			return FALSE;
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = s->tls.cert_path;
		info.ssl_private_key_filepath = s->tls.key_path;
		/* lws keeps HTTP/2 bodies differently: not offered. */
		info.alpn = "http/1.1";
	}
	s->lws = lws_create_context(&info);
	s->vhost = s->lws ? lws_create_vhost(s->lws, &info) : NULL;
	if (s->vhost)
		return TRUE;
	g_set_error(error, CLINIC_ERROR, 500,
	    "Cannot listen on 127.0.0.1 port %d", s->options.port);
	return FALSE;
}

static void
name_addresses(struct clinic_server *s)
{
	struct clinic *c = &s->clinic;
	int port = lws_get_vhost_listen_port(s->vhost);
	const char *secure = s->options.tls ? "s" : "";

	s->origin = g_strdup_printf("http%s://127.0.0.1:%d", secure, port);
	c->base = g_strconcat(s->origin, "/fhir", NULL);
	c->token_url = g_strconcat(s->origin, "/oauth2/token", NULL);
	c->authorize_url = g_strconcat(s->origin, "/oauth2/authorize", NULL);
	c->socket_url = g_strdup_printf("ws%s://127.0.0.1:%d/ws", secure,
	    port);
}

static void
member(GString *line, const char *name, const char *value)
{
	if (!value)
		return;
	g_string_append(line, line->len > 1 ? "," : "");
	clinic_json_quote(line, name);
	g_string_append_c(line, ':');
	clinic_json_quote(line, value);
}

/* One line for the program that started us. */
static void
print_line(struct clinic_server *s)
{
	g_autoptr(GString) line = g_string_new("{");
	g_autofree char *cds = g_strconcat(s->origin, "/cds-services", NULL);

	member(line, "base", s->clinic.base);
	member(line, "token_url", s->clinic.token_url);
	member(line, "authorize_url", s->clinic.authorize_url);
	member(line, "client_id", clinic_login_client_id(s->login));
	member(line, "client_secret", clinic_login_client_secret(s->login));
	member(line, "practitioner", s->practitioner);
	member(line, "cds_url", cds);
	member(line, "ca", s->tls.ca_path);
	printf("%s}\n", line->str);
	fflush(stdout);
}

static void
server_clear(struct clinic_server *s)
{
	struct clinic *c = &s->clinic;

	stop_context = NULL;
	lws_sul_cancel(&s->tick);
	if (s->patients)
		clinic_patients_free(s->patients);
	s->patients = NULL;
	clinic_pharmacist_free(s->pharmacist);
	s->pharmacist = NULL;
	if (c->feed)
		clinic_feed_ops(c->feed)->ending = TRUE;
	if (s->lws)
		lws_context_destroy(s->lws);
	if (c->feed)
		clinic_feed_free(c->feed);
	if (s->faults)
		clinic_faults_free(s->faults);
	if (s->login)
		clinic_login_free(s->login);
	if (c->db)
		clinic_db_close(c->db);
	g_free(c->base);
	g_free(c->token_url);
	g_free(c->authorize_url);
	g_free(c->socket_url);
	g_free(s->origin);
	g_free(s->practitioner);
	clinic_tls_clear(&s->tls);
	clinic_options_clear(&s->options);
}

static gboolean
misbehave(void *faults, const char *method, const char *path,
    struct clinic_answer *answer)
{
	return clinic_faults_entry(faults, method, path, answer);
}

static gboolean
open_clinic(struct clinic_server *s, GError **error)
{
	int i;

	if (!open_storage(s, error) || !listen_there(s, error))
		return FALSE;
	name_addresses(s);
	s->login = clinic_login_new(s->practitioner, s->options.token_seconds);
	s->clinic.feed = clinic_feed_new(&s->clinic, s->lws,
	    s->options.binding_seconds, s->options.heartbeat_ms,
	    s->options.frame_times);
	s->faults = clinic_faults_new(s);
	s->clinic.misbehave = misbehave;
	s->clinic.misbehave_user = s->faults;
	for (i = 0; s->options.faults && s->options.faults[i]; i++)
		if (!clinic_faults_set(s->faults, s->options.faults[i], error))
			return FALSE;
	wake_people(s);
	catch_signals(s->lws);
	print_line(s);
	return TRUE;
}

int
clinic_main(int argc, char **argv)
{
	struct clinic_server s = { .options = { .token_seconds = 3600,
		.heartbeat_ms = 25000, .binding_seconds = 3600,
		.pace = 1, .body_max = 32 << 20 } };
	g_autoptr(GError) error = NULL;
	gboolean only_version = FALSE;

	if (!clinic_options_parse(&s.options, argc, argv, &only_version,
	    &error)) {
		fprintf(stderr, "qingnang-clinic: %s\n", error->message);
		return 2;
	}
	if (only_version)
		return 0;
	if (!open_clinic(&s, &error))
		fprintf(stderr, "qingnang-clinic: %s\n", error->message);
	while (!error && !stop && lws_service(s.lws, 0) >= 0)
		;
	server_clear(&s);
	return error ? 1 : 0;
}
