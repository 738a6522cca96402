-- SPDX-License-Identifier: Apache-2.0
-- Search. The index follows the resources by number, in slices that qingnang-sync
-- takes after it has ingested (store/search_in.c): what is older than this
-- migration is caught up in the same way. meta search.at: the last number in it.

-- Documents are numbered from the newest back (d), so that the first found are
-- the newest. Words and pairs of characters, without positions: what is found is
-- proved by its text.
CREATE VIRTUAL TABLE search USING fts5(text, content='', columnsize=0,
	detail=none, prefix='1', tokenize='qingnang');
-- what: 256 * resource.n + a line of its chart, or 255: its title.
CREATE TABLE found(d INTEGER PRIMARY KEY, what INTEGER NOT NULL);
CREATE UNIQUE INDEX found_what ON found(what);

-- Beginnings of names: folded, pinyin whole and initials, identifiers; and from
-- each word of the name on.
CREATE TABLE name_word(
	word TEXT NOT NULL, patient INTEGER NOT NULL,
	kind INTEGER NOT NULL,            -- 0 the name 1 pinyin 2 identifier
	PRIMARY KEY(word, patient, kind)
) WITHOUT ROWID;
CREATE INDEX name_word_patient ON name_word(patient);

-- A patient's own: what a filter by patient reads.
CREATE INDEX consult_patient ON consult(patient) WHERE patient IS NOT NULL;

-- Results by their test, the newest first; num is the value rounded, which is
-- compared exactly by its text.
CREATE TABLE test_name(n INTEGER PRIMARY KEY, fold TEXT NOT NULL UNIQUE);
ALTER TABLE entry ADD COLUMN name INTEGER;
ALTER TABLE entry ADD COLUMN num REAL;
CREATE INDEX entry_name ON entry(name, date_ms DESC, num)
	WHERE num IS NOT NULL;
