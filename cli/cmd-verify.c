/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/verify.h"

#include <stdio.h>

/* ---- JSON --------------------------------------------------------------- */

static void
order_json(struct cli_json *j, const struct verify_order *order)
{
	cli_json_object(j, NULL);
	cli_json_text(j, "ref", order->ref);
	cli_json_text(j, "identifier", order->identifier);
	cli_json_bool(j, "here", order->ref != NULL);
	cli_json_bool(j, "same", order->ref && !order->difference);
	cli_json_text(j, "difference", order->difference);
	cli_json_close(j, '}');
}

static void
signature_json(struct cli_json *j, const struct verify_signature *v)
{
	cli_json_object(j, NULL);
	cli_json_text(j, "provenance", v->provenance);
	cli_json_text(j, "prescription", v->prescription);
	cli_json_bool(j, "holds", v->why == NULL);
	cli_json_text(j, "why", v->why);
	cli_json_text(j, "signer", v->signer_ref);
	cli_json_time(j, "signed", v->jws.signed_ms);
	cli_json_text(j, "thumbprint", v->jws.thumbprint);
	cli_json_bool(j, "known", v->jws.known);
	cli_json_text(j, "difference", v->difference);
	cli_json_array(j, "orders");
	for (guint i = 0; i < v->orders->len; i++)
		order_json(j, v->orders->pdata[i]);
	cli_json_close(j, ']');
	cli_json_bool(j, "good", verify_is_good(v) && !verify_is_partial(v));
	cli_json_close(j, '}');
}

static void
all_json(const GPtrArray *all)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct cli_json j = { .out = out, .pretty = TRUE };

	cli_json_array(&j, NULL);
	for (guint i = 0; i < all->len; i++)
		signature_json(&j, all->pdata[i]);
	cli_json_close(&j, ']');
	puts(out->str);
}

/* ---- words -------------------------------------------------------------- */

static void
order_text(const struct verify_order *order)
{
	g_autofree char *name = base_text_show(order->ref ? order->ref :
	    order->identifier ? order->identifier : "?", -1, BASE_ONE_LINE);
	g_autofree char *where = base_text_show(order->difference
	    ? order->difference : "", -1, BASE_ONE_LINE);

	if (!order->ref)
		printf(_("  %s: signed, but not in the cache\n"), name);
	else if (!order->identifier)
		printf(_("  %s: NOT among what was signed\n"), name);
	else if (order->difference)
		printf(_("  %s: CHANGED since it was signed: %s\n"), name,
		    where);
	else
		printf(_("  %s: stands as it was signed\n"), name);
}

static void
signature_text(const struct verify_signature *v)
{
	g_autofree char *ref = base_text_show(v->provenance ? v->provenance :
	    _("This machine's copy"), -1, BASE_ONE_LINE);
	g_autofree char *who = base_text_show(v->signer_ref ? v->signer_ref :
	    v->provenance ? "?" : _("me"), -1, BASE_ONE_LINE);
	g_autofree char *when = NULL;

	if (v->why) {
		printf(_("%s: the signature does NOT hold: %s.\n"), ref,
		    v->why);
		return;
	}
	when = base_time_words(v->jws.signed_ms);
	printf(_("%s: the signature holds: %s, %s\n"), ref, who, when);
	if (v->jws.known)
		printf(_("  by a key of this vault: %s\n"), v->jws.thumbprint);
	else
		printf(_("  by a key UNKNOWN to this vault, so who signed cannot "
			 "be told: %s\n"), v->jws.thumbprint);
	if (v->difference)
		printf(_("  the Provenance says otherwise than what was signed: "
			 "%s\n"), v->difference);
	for (guint i = 0; i < v->orders->len; i++)
		order_text(v->orders->pdata[i]);
}

/* ---- the command -------------------------------------------------------- */

/* The worst of all that was found. */
static int
exit_of(const GPtrArray *all)
{
	int code = BASE_EXIT_OK;

	for (guint i = 0; i < all->len; i++) {
		if (!verify_is_good(all->pdata[i]))
			return BASE_EXIT_BAD_SIGNATURE;
		if (verify_is_partial(all->pdata[i]))
			code = BASE_EXIT_NOT_FOUND;
	}
	return code;
}

static int
verify(struct cli *cli, const char *id, gboolean as_json)
{
	GError *error = NULL;
	BASE_AUTO(store) store = cli_store(cli, &error);
	g_autoptr(GPtrArray) all = store ? verify_find(store, id, &error)
					 : NULL;

	if (!all)
		return cli_fail(error);
	if (as_json)
		all_json(all);
	else
		for (guint i = 0; i < all->len; i++)
			signature_text(all->pdata[i]);
	return exit_of(all);
}

static int
verify_run(struct cli *cli, int argc, char **argv)
{
	gboolean as_json = FALSE;
	const GOptionEntry entries[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json,
		    N_("print a JSON array"), NULL },
		{ NULL },
	};
	int code;

	if (!cli_options(&cli_cmd_verify, entries, &argc, &argv, &code))
		return code;
	if (argc != 2) {
		fprintf(stderr, _("qingnang verify: give one ID of a "
				  "prescription, an order or a Provenance.\n"));
		return BASE_EXIT_USAGE;
	}
	return verify(cli, argv[1], as_json);
}

const struct cli_command cli_cmd_verify = {
	.name = "verify",
	.args = "ID [--json]",
	.summary = N_("whether a prescription stands as it was signed"),
	.needs_profile = TRUE,
	.words = 1,
	.run = verify_run,
};
