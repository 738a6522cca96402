-- SPDX-License-Identifier: Apache-2.0
-- Results are found by what was measured too: the index is made anew.
DELETE FROM search_block;
DELETE FROM search_doc;
DELETE FROM search_part;
DELETE FROM search_gone;
DELETE FROM meta WHERE key='search.at';
