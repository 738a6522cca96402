/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internal to store/: the parts of the signature. A private key is in locked
 * memory or in a token, and leaves neither; what passes between these files are
 * public keys, digests and signatures.
 */
#ifndef QN_STORE_SIGN_H
#define QN_STORE_SIGN_H

#include "store/db.h"
#include "store/rx.h"

/* ---- store/es256.c: ECDSA on P-256 with SHA-256 (RFC 7518, 3.4) ---------- */

#define ES256_BYTES 32 /* a coordinate, a scalar, a digest */
#define ES256_SIG_BYTES 64 /* r then s, each of 32 bytes, big-endian */
struct es256_public { unsigned char x[ES256_BYTES], y[ES256_BYTES]; };

/* A point of the curve, not just 64 bytes. */
gboolean es256_public_ok(const struct es256_public *key);
/* A new private key, in locked memory; owned. */
struct base_secret *es256_make(void);
/* FALSE when the scalar is none (0, or not below the group's order). */
gboolean es256_public_of(const struct base_secret *scalar,
    struct es256_public *out);
void es256_digest(const void *bytes, size_t len,
    unsigned char digest[ES256_BYTES]);
gboolean es256_sign(const struct base_secret *scalar,
    const unsigned char digest[ES256_BYTES],
    unsigned char sig[ES256_SIG_BYTES]);
gboolean es256_verify(const struct es256_public *key,
    const unsigned char digest[ES256_BYTES],
    const unsigned char sig[ES256_SIG_BYTES]);
/*
 * ECDSA is malleable: with (r, s) also (r, n - s) verifies, and who has the one
 * can write the other. So of the two only the one with s ≤ n/2 counts here, on
 * both ways: a signature that was altered must be seen (电子签名法 art. 13, 3).
 */
gboolean es256_is_low(const unsigned char sig[ES256_SIG_BYTES]);
void es256_make_low(unsigned char sig[ES256_SIG_BYTES]);

/* ---- store/jws.c: RFC 7515, compact, payload attached ------------------- */

#define JWS_MAX_BYTES ((size_t)2 << 20)

/* RFC 4648, 5, without padding. Owned. */
char *base64url_encode(const void *bytes, size_t len);
/* NULL: a sign that is none, padding, a length that cannot be, or bits left over
 * that are not 0 (another text for the same bytes). Owned, NUL after it. */
unsigned char *base64url_decode(const char *text, size_t len, size_t *out_len);

/* The three parts of any compact JWS, decoded; says nothing of who signed. */
struct jws_parts {
	char *header;  size_t header_len;
	char *payload; size_t payload_len;
	unsigned char sig[ES256_SIG_BYTES];
	size_t input_len;    /* of the text: what was signed */
};
gboolean jws_split(const char *jws, size_t len, struct jws_parts *out,
    GError **error);
void jws_parts_clear(struct jws_parts *parts);

/* RFC 7638 of the key: {"crv","kty","x","y"}, and its hash. Owned. */
char *jws_jwk(const struct es256_public *key);
char *jws_thumbprint(const struct es256_public *key);
/* The key in a header of ours; FALSE says what is not as it must be. */
gboolean jws_header_read(const char *header, size_t len,
    struct es256_public *key, char **thumbprint, int64_t *signed_ms,
    GError **error);
/* header "." payload: the text to sign. Owned. */
char *jws_input(const struct es256_public *key, const char *payload, size_t len,
    int64_t now_ms);
/* Completes that text. Owned. */
char *jws_close(const char *input, const unsigned char sig[ES256_SIG_BYTES]);
/* All of the above but whose key it is. thumbprint owned. */
gboolean jws_open(const char *jws, struct jws *out, GError **error);

/* ---- store/token.c: PKCS#11 --------------------------------------------- */

/* How a token is found again, and its key in it. */
struct token_place {
	char *module, *label, *serial;
	unsigned char *id; size_t id_len; /* CKA_ID */
};
void token_place_clear(struct token_place *place);

struct token; /* logged in until it is freed */
/* serial NULL: chosen by label, or the only one there; id NULL: its only P-256
 * key that may sign. Both are then filled into place. */
struct token *token_open(struct token_place *place,
    const struct base_secret *pin, struct es256_public *key, GError **error);
/* Is it there, and how is its PIN; without logging in. */
gboolean token_look(struct token_place *place, enum signer_pin *pin,
    GError **error);
/* The token wants its PIN for every signature. */
gboolean token_asks_each_time(const struct token *token);
gboolean token_sign(struct token *token,
    const unsigned char digest[ES256_BYTES],
    unsigned char sig[ES256_SIG_BYTES], GError **error);
void token_free(struct token *token);
BASE_DEFINE_AUTO(token, token_free)
/* Tests put a list of functions of their own in place of a module's. */
struct ck_function_list;
extern struct ck_function_list *(*token_wrap)(struct ck_function_list *list);

/* ---- store/sign.c ------------------------------------------------------- */

/* Tests only: the step-up's clock. */
extern int64_t (*sign_clock_ms)(void);

/* ---- store/signer.c: the rows ------------------------------------------- */

#define SIGNER_SALT_BYTES 16
#define SIGNER_NONCE_BYTES 24
#define SIGNER_WRAPPED_BYTES (ES256_BYTES + 16)
struct signer_row {
	enum signer_kind kind;
	struct es256_public key;
	int64_t from_ms;
	struct vault_kdf kdf;  /* software */
	unsigned char salt[SIGNER_SALT_BYTES], nonce[SIGNER_NONCE_BYTES],
	    wrapped[SIGNER_WRAPPED_BYTES];
	struct token_place place; /* token */
};
void signer_row_clear(struct signer_row *row);
/* NO_SIGNER, SIGNER_DAMAGED. */
gboolean signer_row_get(struct store *store, struct signer_row *row,
    GError **error);
/* Its public key becomes known in the same transaction. */
gboolean signer_row_put(struct store *store, const struct signer_row *row,
    gboolean replace, GError **error);
gboolean signer_known(struct store *store, const char *thumbprint);
/* For the rescue: columns of signer_row, read from another file. */
#define SIGNER_COLUMNS "kind, public, from_ms, ops, mem, salt, nonce, wrapped," \
	" module, label, serial, id, hash"
gboolean signer_row_read(sqlite3_stmt *st, struct signer_row *row);
gboolean signer_row_save(struct store *into, sqlite3_stmt *st, gboolean *saved,
    GError **error);
gboolean signer_public_save(struct store *into, sqlite3_stmt *st,
    gboolean *saved, GError **error);

#endif
