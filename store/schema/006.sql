-- SPDX-License-Identifier: Apache-2.0
-- Search. The index follows the resources by number, in slices that qingnang-sync
-- takes after it has ingested (store/search_in.c): what is older than this
-- migration is caught up in the same way. meta search.at: the last number in it.

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
