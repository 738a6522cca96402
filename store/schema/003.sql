-- SPDX-License-Identifier: Apache-2.0
-- The one signer in use, and every public key this vault ever signed with. Each
-- row carries its own hash: XTS has no integrity, and a wrong secret must be told
-- from a row that is damaged.
-- link.kind 7: from a Provenance to what it speaks of.

CREATE TABLE signer(
	n INTEGER PRIMARY KEY CHECK(n = 1),
	kind INTEGER NOT NULL,            -- 1 software, 2 token
	public BLOB NOT NULL,             -- x, y
	from_ms INTEGER NOT NULL,
	-- software: the private key under Argon2id(secret), XChaCha20-Poly1305
	ops INTEGER NOT NULL, mem INTEGER NOT NULL,
	salt BLOB NOT NULL, nonce BLOB NOT NULL, wrapped BLOB NOT NULL,
	-- token: where it is found
	module TEXT NOT NULL, label TEXT NOT NULL, serial TEXT NOT NULL,
	id BLOB NOT NULL,                 -- CKA_ID
	hash BLOB NOT NULL
);
CREATE TABLE signer_public(
	n INTEGER PRIMARY KEY,
	thumbprint TEXT NOT NULL UNIQUE,  -- RFC 7638
	jwk TEXT NOT NULL,
	words TEXT NOT NULL,              -- the token's label, or ""
	from_ms INTEGER NOT NULL,
	hash BLOB NOT NULL
);
