-- SPDX-License-Identifier: Apache-2.0
-- The search index is made anew: whose a document is and from whom stands beside it
-- (store/search_who.c), results by what was measured and its unit, words that
-- follow each other, patients by their names.
DELETE FROM search_block;
DELETE FROM search_doc;
DELETE FROM search_part;
DELETE FROM search_gone;
DELETE FROM meta WHERE key='search.at';

-- Two bytes a document, 1920 of them a row; k = 64 * p + 32 * which + the row.
CREATE TABLE search_who(k INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
