/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PKCS#11 token (2.40): its key signs inside it. The module is the vendor's
 * library, named by the doctor, loaded when a signature is wanted and not before.
 * It runs in this process and under its filter: cards and USB keys are reached by
 * a unix socket (pcscd) or a device, a key server on the network is not.
 *
 * Any answer but CKR_OK from a call means that nothing was signed.
 */
#define CRYPTOKI_GNU
#include "store/sign.h"
#include "store/vault.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <string.h>

struct ck_function_list *(*token_wrap)(struct ck_function_list *list);

struct token {
	void *library;
	struct ck_function_list *f;
	gboolean initialised;     /* by us, and so ended by us */
	ck_slot_id_t slot;
	ck_session_handle_t session;
	gboolean open;
	ck_object_handle_t key;
	gboolean each_time;
	struct base_secret *pin;  /* each_time alone: for the one signature */
};

void
token_free(struct token *token)
{
	if (!token)
		return;
	if (token->open) {
		token->f->C_Logout(token->session);
		token->f->C_CloseSession(token->session);
	}
	if (token->initialised)
		token->f->C_Finalize(NULL);
	if (token->library)
		dlclose(token->library);
	base_secret_free(token->pin);
	g_free(token);
}

gboolean
token_asks_each_time(const struct token *token)
{
	return token->each_time;
}

/* ---- what the module answers -------------------------------------------- */

static const struct {
	ck_rv_t rv;
	enum store_error code;
	const char *words;
} answers[] = {
	{ CKR_PIN_INCORRECT, STORE_ERROR_WRONG_SECRET, N_("wrong PIN") },
	{ CKR_PIN_INVALID, STORE_ERROR_WRONG_SECRET, N_("wrong PIN") },
	{ CKR_PIN_LEN_RANGE, STORE_ERROR_WRONG_SECRET, N_("wrong PIN") },
	{ CKR_PIN_LOCKED, STORE_ERROR_PIN_LOCKED, N_("the PIN is locked") },
	{ CKR_USER_PIN_NOT_INITIALIZED, STORE_ERROR_TOKEN,
	    N_("the token has no PIN yet") },
	{ CKR_DEVICE_REMOVED, STORE_ERROR_TOKEN, N_("the token was pulled out") },
	{ CKR_TOKEN_NOT_PRESENT, STORE_ERROR_TOKEN, N_("the token is not there") },
	{ CKR_SESSION_HANDLE_INVALID, STORE_ERROR_TOKEN,
	    N_("the token was pulled out") },
	{ CKR_SESSION_CLOSED, STORE_ERROR_TOKEN, N_("the token was pulled out") },
	{ CKR_OBJECT_HANDLE_INVALID, STORE_ERROR_TOKEN,
	    N_("the key is gone from the token") },
	{ CKR_KEY_HANDLE_INVALID, STORE_ERROR_TOKEN,
	    N_("the key is gone from the token") },
	{ CKR_USER_NOT_LOGGED_IN, STORE_ERROR_TOKEN,
	    N_("the token has logged us out") },
	{ CKR_MECHANISM_INVALID, STORE_ERROR_TOKEN,
	    N_("the token does not sign with ECDSA") },
};

/* Always FALSE. */
static gboolean
token_says(ck_rv_t rv, const char *doing, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
		if (answers[i].rv != rv)
			continue;
		g_set_error_literal(error, STORE_ERROR, answers[i].code,
		    _(answers[i].words));
		return FALSE;
	}
	g_set_error(error, STORE_ERROR, STORE_ERROR_TOKEN,
	    _("%s: PKCS#11 error 0x%lx"), doing, rv);
	return FALSE;
}

static gboolean
fails(GError **error, const char *words)
{
	g_set_error_literal(error, STORE_ERROR, STORE_ERROR_TOKEN, _(words));
	return FALSE;
}

/* ---- the module --------------------------------------------------------- */

static gboolean
module_load(struct token *token, const char *module, GError **error)
{
	ck_rv_t (*list)(struct ck_function_list **);
	ck_rv_t rv;

	if (!g_path_is_absolute(module))
		return fails(error, N_("the PKCS#11 library needs its whole path"));
	token->library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	if (!token->library) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_TOKEN, "%s",
		    dlerror());
		return FALSE;
	}
	*(void **)&list = dlsym(token->library, "C_GetFunctionList");
	if (!list || list(&token->f) != CKR_OK || !token->f)
		return fails(error, N_("that file is no PKCS#11 library"));
	if (token_wrap)
		token->f = token_wrap(token->f);
	rv = token->f->C_Initialize(NULL);
	token->initialised = rv == CKR_OK;
	if (rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED)
		return TRUE;
	/* Some say so of a reader, or of a place, that is not there. */
	g_set_error(error, STORE_ERROR, STORE_ERROR_TOKEN, _("its library does "
	    "not start, as when it is not plugged in (PKCS#11 error 0x%lx)"),
	    rv);
	return FALSE;
}

/* Padded with blanks, not ended by a NUL. */
static char *
padded(const unsigned char *text, size_t size)
{
	return g_strchomp(g_strndup((const char *)text, size));
}

static gboolean
is_wanted(const struct token_place *place, const char *label,
    const char *serial)
{
	return (!place->label || !*place->label ||
	    strcmp(place->label, label) == 0) &&
	    (!place->serial || strcmp(place->serial, serial) == 0);
}

#define SLOTS_MAX 64

/* The one token that fits; none and several are each a sentence. */
static gboolean
slot_find(struct token *token, struct token_place *place, GError **error)
{
	ck_slot_id_t slots[SLOTS_MAX];
	unsigned long count = SLOTS_MAX;
	struct token_place found = { 0 };
	struct ck_token_info info;
	int fit = 0;
	ck_rv_t rv = token->f->C_GetSlotList(1, slots, &count);

	if (rv != CKR_OK)
		return token_says(rv, _("looking for tokens"), error);
	for (unsigned long i = 0; i < count; i++) {
		g_autofree char *label = NULL, *serial = NULL;

		if (token->f->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
		    !(info.flags & CKF_TOKEN_INITIALIZED))
			continue;
		label = padded(info.label, sizeof info.label);
		serial = padded(info.serial_number, sizeof info.serial_number);
		if (!is_wanted(place, label, serial) || fit++)
			continue;
		token->slot = slots[i];
		found.label = g_steal_pointer(&label);
		found.serial = g_steal_pointer(&serial);
	}
	if (fit == 1) {
		g_free(place->label);
		g_free(place->serial);
		place->label = g_steal_pointer(&found.label);
		place->serial = g_steal_pointer(&found.serial);
	}
	token_place_clear(&found);
	return fit == 1 || fails(error, fit
	    ? N_("several tokens fit: name one by its label")
	    : N_("the token is not there"));
}

/* ---- before its PIN is asked for ---------------------------------------- */

/* FALSE also when its PIN is locked: there is nothing to log in to. */
static gboolean
token_info(struct token *token, struct ck_token_info *info, GError **error)
{
	ck_rv_t rv = token->f->C_GetTokenInfo(token->slot, info);

	if (rv != CKR_OK)
		return token_says(rv, _("looking at the token"), error);
	return !(info->flags & CKF_USER_PIN_LOCKED) ||
	    token_says(CKR_PIN_LOCKED, NULL, error);
}

/* What a person is to know before they type: a wrong PIN is not taken back. */
static gboolean
pin_look(struct token *token, enum signer_pin *pin, GError **error)
{
	struct ck_token_info info;

	if (!token_info(token, &info, error))
		return FALSE;
	*pin = info.flags & CKF_USER_PIN_FINAL_TRY ? SIGNER_PIN_LAST :
	    info.flags & CKF_USER_PIN_COUNT_LOW ? SIGNER_PIN_LOW :
	    SIGNER_PIN_FINE;
	return TRUE;
}

gboolean
token_look(struct token_place *place, enum signer_pin *pin, GError **error)
{
	BASE_AUTO(token) token = g_new0(struct token, 1);

	return module_load(token, place->module, error) &&
	    slot_find(token, place, error) && pin_look(token, pin, error);
}

/* ---- logging in --------------------------------------------------------- */

/* A PIN that is nearly used up is not spent without a word. */
static gboolean
pin_fails(struct token *token, ck_rv_t rv, GError **error)
{
	struct ck_token_info info;

	if (rv == CKR_PIN_INCORRECT &&
	    token->f->C_GetTokenInfo(token->slot, &info) == CKR_OK) {
		if (info.flags & CKF_USER_PIN_LOCKED)
			rv = CKR_PIN_LOCKED;
		else if (info.flags & CKF_USER_PIN_FINAL_TRY) {
			g_set_error_literal(error, STORE_ERROR,
			    STORE_ERROR_PIN_LAST, "wrong PIN, one try left");
			return FALSE;
		}
	}
	return token_says(rv, _("logging in to the token"), error);
}

static gboolean
log_in(struct token *token, const struct base_secret *pin, GError **error)
{
	struct ck_token_info info;
	ck_rv_t rv;

	if (!token_info(token, &info, error))
		return FALSE;
	rv = token->f->C_OpenSession(token->slot, CKF_SERIAL_SESSION, NULL,
	    NULL, &token->session);
	if (rv != CKR_OK)
		return token_says(rv, _("opening the token"), error);
	token->open = TRUE;
	rv = token->f->C_Login(token->session, CKU_USER,
	    (unsigned char *)vault_secret_bytes(pin), base_secret_len(pin));
	return rv == CKR_OK || pin_fails(token, rv, error);
}

/* ---- the key ------------------------------------------------------------ */

/* The OID of P-256 (prime256v1, 1.2.840.10045.3.1.7) in DER. */
static const unsigned char p256_oid[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
	0x3d, 0x03, 0x01, 0x07 };

#define OBJECTS_MAX 64

static gboolean
objects_find(struct token *token, struct ck_attribute *wanted,
    unsigned long n_wanted, ck_object_handle_t objects[OBJECTS_MAX],
    unsigned long *count, GError **error)
{
	ck_rv_t rv = token->f->C_FindObjectsInit(token->session, wanted,
	    n_wanted);

	*count = 0;
	if (rv == CKR_OK) {
		rv = token->f->C_FindObjects(token->session, objects,
		    OBJECTS_MAX, count);
		token->f->C_FindObjectsFinal(token->session);
	}
	return rv == CKR_OK || token_says(rv, _("looking for the key"), error);
}

/* An attribute of at most size bytes; its length, or -1. */
static gssize
attribute(struct token *token, ck_object_handle_t object,
    ck_attribute_type_t type, void *out, size_t size)
{
	struct ck_attribute a = { type, out, size };

	if (token->f->C_GetAttributeValue(token->session, object, &a, 1) !=
	    CKR_OK || a.value_len > size)
		return -1;
	return (gssize)a.value_len;
}

static gboolean
is_true(struct token *token, ck_object_handle_t object,
    ck_attribute_type_t type)
{
	unsigned char value = 0;

	return attribute(token, object, type, &value, sizeof value) == 1 &&
	    value;
}

#define ID_MAX_BYTES 255

static gboolean
key_fits(struct token *token, ck_object_handle_t object,
    const struct token_place *place)
{
	unsigned char oid[32], id[ID_MAX_BYTES];
	gssize len = attribute(token, object, CKA_EC_PARAMS, oid, sizeof oid);

	if (len != sizeof p256_oid || memcmp(oid, p256_oid, sizeof p256_oid) ||
	    !is_true(token, object, CKA_SIGN))
		return FALSE;
	len = attribute(token, object, CKA_ID, id, sizeof id);
	return len > 0 && (!place->id || ((size_t)len == place->id_len &&
	    memcmp(id, place->id, place->id_len) == 0));
}

static gboolean
key_find(struct token *token, struct token_place *place, GError **error)
{
	unsigned long class = CKO_PRIVATE_KEY, type = CKK_EC, count;
	struct ck_attribute wanted[] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_KEY_TYPE, &type, sizeof type },
	};
	ck_object_handle_t objects[OBJECTS_MAX];
	unsigned char id[ID_MAX_BYTES];
	gssize len;
	int fit = 0;

	if (!objects_find(token, wanted, 2, objects, &count, error))
		return FALSE;
	for (unsigned long i = 0; i < count; i++)
		if (key_fits(token, objects[i], place) && fit++ == 0)
			token->key = objects[i];
	if (fit != 1)
		return fails(error, fit
		    ? N_("the token has several P-256 keys")
		    : N_("the token has no P-256 key that may sign"));
	len = attribute(token, token->key, CKA_ID, id, sizeof id);
	if (len <= 0)
		return fails(error, N_("the key in the token has no id"));
	if (!place->id) {
		place->id = g_memdup2(id, (size_t)len);
		place->id_len = (size_t)len;
	}
	token->each_time = is_true(token, token->key, CKA_ALWAYS_AUTHENTICATE);
	return TRUE;
}

/* CKA_EC_POINT: an uncompressed point in a DER OCTET STRING; some tokens leave
 * the wrapping out. */
static gboolean
point_read(const unsigned char *bytes, size_t len, struct es256_public *key)
{
	if (len == 67 && bytes[0] == 0x04 && bytes[1] == 65) {
		bytes += 2;
		len -= 2;
	}
	if (len != 65 || bytes[0] != 0x04)
		return FALSE;
	memcpy(key->x, bytes + 1, ES256_BYTES);
	memcpy(key->y, bytes + 1 + ES256_BYTES, ES256_BYTES);
	return es256_public_ok(key);
}

static gboolean
public_find(struct token *token, const struct token_place *place,
    struct es256_public *key, GError **error)
{
	unsigned long class = CKO_PUBLIC_KEY, count;
	struct ck_attribute wanted[] = {
		{ CKA_CLASS, &class, sizeof class },
		{ CKA_ID, place->id, place->id_len },
	};
	ck_object_handle_t objects[OBJECTS_MAX];
	unsigned char point[128];
	gssize len;

	if (!objects_find(token, wanted, 2, objects, &count, error))
		return FALSE;
	for (unsigned long i = 0; i < count; i++) {
		len = attribute(token, objects[i], CKA_EC_POINT, point,
		    sizeof point);
		if (len > 0 && point_read(point, (size_t)len, key))
			return TRUE;
	}
	return fails(error, N_("the token does not show the public key"));
}

static void
pin_keep(struct token *token, const struct base_secret *pin)
{
	size_t len = base_secret_len(pin);

	if (!token->each_time)
		return;
	token->pin = base_secret_new(len);
	memcpy(base_secret_data(token->pin), vault_secret_bytes(pin), len);
}

struct token *
token_open(struct token_place *place, const struct base_secret *pin,
    struct es256_public *key, GError **error)
{
	BASE_AUTO(token) token = g_new0(struct token, 1);

	if (!module_load(token, place->module, error) ||
	    !slot_find(token, place, error) || !log_in(token, pin, error) ||
	    !key_find(token, place, error) ||
	    !public_find(token, place, key, error))
		return NULL;
	pin_keep(token, pin);
	return g_steal_pointer(&token);
}

/* ---- signing ------------------------------------------------------------ */

/* CKA_ALWAYS_AUTHENTICATE: the PIN again between C_SignInit and C_Sign; the one
 * just typed is good for one signature, and gone after it. */
static ck_rv_t
authenticate(struct token *token)
{
	ck_rv_t rv;

	if (!token->each_time)
		return CKR_OK;
	if (!token->pin)
		return CKR_USER_NOT_LOGGED_IN;
	rv = token->f->C_Login(token->session, CKU_CONTEXT_SPECIFIC,
	    base_secret_data(token->pin), base_secret_len(token->pin));
	g_clear_pointer(&token->pin, base_secret_free);
	return rv;
}

gboolean
token_sign(struct token *token, const unsigned char digest[ES256_BYTES],
    unsigned char sig[ES256_SIG_BYTES], GError **error)
{
	struct ck_mechanism mechanism = { CKM_ECDSA, NULL, 0 };
	unsigned char copy[ES256_BYTES];
	unsigned long len = ES256_SIG_BYTES;
	ck_rv_t rv = token->f->C_SignInit(token->session, &mechanism,
	    token->key);

	memcpy(copy, digest, sizeof copy);
	if (rv == CKR_OK)
		rv = authenticate(token);
	if (rv == CKR_OK)
		rv = token->f->C_Sign(token->session, copy, sizeof copy, sig,
		    &len);
	if (rv != CKR_OK)
		return token_says(rv, _("signing with the token"), error);
	if (len != ES256_SIG_BYTES)
		return fails(error, N_("the token's signature has another length"));
	es256_make_low(sig);
	return TRUE;
}
