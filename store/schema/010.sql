-- SPDX-License-Identifier: Apache-2.0
-- The search index (store/search_part.c): parts of at most 30,720 documents, each
-- numbered from the newest; a part never changes, parts of a size are made into
-- one. It is made from the resources, in slices.
DELETE FROM meta WHERE key='search.at';
DELETE FROM name_word;

-- docs 0: being made, or to be removed.
CREATE TABLE search_part(
	p INTEGER PRIMARY KEY AUTOINCREMENT,
	docs INTEGER NOT NULL,
	newest INTEGER NOT NULL, oldest INTEGER NOT NULL
);
-- 256 documents a row, k = 256 * p + the row: when and what, 8 bytes each.
CREATE TABLE search_doc(k INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
-- Tokens in their order and which documents have them; k = 2^24 * p + the row.
CREATE TABLE search_block(
	k INTEGER PRIMARY KEY,
	p INTEGER NOT NULL, first BLOB NOT NULL, bytes BLOB NOT NULL
);
CREATE UNIQUE INDEX search_block_first ON search_block(p, first);
-- What changed or went: in parts up to p it is not what it was.
CREATE TABLE search_gone(what INTEGER PRIMARY KEY, p INTEGER NOT NULL);
