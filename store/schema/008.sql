-- SPDX-License-Identifier: Apache-2.0
-- Pictures and files. What was fetched: bytes of the place-th Attachment of a
-- resource (owner), of the version it then had. Addresses are not kept: some
-- servers sign new ones at every read.
-- state: 0 wanted 1 here 2 gone 3 refused 4 too large 5 not understood.
CREATE TABLE file(
	n INTEGER PRIMARY KEY AUTOINCREMENT,
	owner INTEGER NOT NULL,
	place INTEGER NOT NULL,
	version TEXT,
	patient INTEGER,
	state INTEGER NOT NULL,
	type TEXT,
	size INTEGER NOT NULL DEFAULT 0,
	used INTEGER NOT NULL DEFAULT 0,  -- last looked at: the cap drops by it
	hash BLOB
);
CREATE UNIQUE INDEX file_place ON file(owner, place);
CREATE INDEX file_patient ON file(patient);
CREATE INDEX file_wanted ON file(state) WHERE state = 0;
CREATE TABLE file_body(n INTEGER PRIMARY KEY, bytes BLOB NOT NULL);

-- What goes out with a reply: of the draft (letter '') or of the outbox entry
-- with that identifier. binary: the id that the server gave, so far.
CREATE TABLE own_file(
	n INTEGER PRIMARY KEY AUTOINCREMENT,
	thread INTEGER NOT NULL,
	patient INTEGER NOT NULL,
	letter TEXT NOT NULL DEFAULT '',
	binary TEXT NOT NULL DEFAULT '',
	uuid TEXT NOT NULL,
	thread_ref TEXT NOT NULL,
	patient_ref TEXT NOT NULL,
	title TEXT NOT NULL,
	type TEXT NOT NULL,
	size INTEGER NOT NULL,
	hash BLOB NOT NULL,
	bytes BLOB NOT NULL
);
CREATE INDEX own_file_thread ON own_file(thread, letter);
CREATE INDEX own_file_letter ON own_file(letter) WHERE letter <> '';
