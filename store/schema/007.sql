-- SPDX-License-Identifier: Apache-2.0
-- Results put into replies, and what was read at home over all patients.

-- A result quoted in a draft: the very words that were put there, and the resource
-- they are of. It holds while the draft still has those words. ref '' is no result:
-- words is the day until which the patient is asked to come (a recall).
CREATE TABLE fact(
	n INTEGER PRIMARY KEY,
	thread INTEGER NOT NULL,
	thread_ref TEXT NOT NULL, ref TEXT NOT NULL, words TEXT NOT NULL,
	hash BLOB NOT NULL
);
CREATE INDEX fact_thread ON fact(thread);

-- Home readings by date, of all patients together.
CREATE INDEX entry_home ON entry(date_ms, patient) WHERE home=1;
