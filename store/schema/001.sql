-- SPDX-License-Identifier: Apache-2.0
-- Every resource has one number, n, in one space: a header's n is its
-- consultation, a Patient's its patient, a message's its message. A reference to
-- what is not here yet gets its number at once and a row without a body.

CREATE TABLE resource(
	n INTEGER PRIMARY KEY,
	h INTEGER NOT NULL,               -- hash of type and id, see number.c
	type TEXT NOT NULL,
	id TEXT NOT NULL,
	version TEXT,                     -- meta.versionId as it came
	updated INTEGER NOT NULL DEFAULT 0,
	here INTEGER NOT NULL DEFAULT 0,  -- has a body
	patient INTEGER                   -- whose it is: retention removes by it
);
CREATE INDEX resource_hash ON resource(h);
CREATE INDEX resource_patient ON resource(patient) WHERE patient IS NOT NULL;

-- The bytes as they came, away from all lists.
CREATE TABLE body(n INTEGER PRIMARY KEY, bytes BLOB NOT NULL);

-- kind: 1 replaced-by, 2 replaces, 3 seealso/refer (Patient.link); 4 report to
-- result, 5 report to request, 6 report to interpreter.
CREATE TABLE link(
	a INTEGER NOT NULL, kind INTEGER NOT NULL, b INTEGER NOT NULL,
	PRIMARY KEY(a, kind, b)
) WITHOUT ROWID;
CREATE INDEX link_back ON link(b, kind, a);

CREATE TABLE patient(
	n INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	known INTEGER NOT NULL DEFAULT 0,
	name TEXT, fold TEXT, sex TEXT, birth TEXT, deceased TEXT,
	dead INTEGER NOT NULL DEFAULT 0,
	inactive INTEGER NOT NULL DEFAULT 0,
	merged INTEGER,                   -- the record that replaced this one
	alike INTEGER NOT NULL DEFAULT 0,
	loaded INTEGER NOT NULL DEFAULT 0,
	left_ms INTEGER NOT NULL DEFAULT 0 -- last row left my queue then
);
CREATE INDEX patient_fold ON patient(fold, alike) WHERE fold IS NOT NULL;

-- Words of those who write and of what is given: Practitioner, RelatedPerson,
-- Medication … same: of the same role as I.
CREATE TABLE named(
	n INTEGER PRIMARY KEY, words TEXT, same INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE role(
	n INTEGER PRIMARY KEY, practitioner INTEGER, code TEXT, specialty TEXT
);
CREATE INDEX role_practitioner ON role(practitioner);

CREATE TABLE consult(
	n INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	header INTEGER NOT NULL DEFAULT 0, -- the header itself is here
	loose INTEGER NOT NULL DEFAULT 0,
	patient INTEGER,
	complaint TEXT, fold TEXT, status TEXT,
	priority INTEGER NOT NULL DEFAULT 3,
	sent INTEGER NOT NULL DEFAULT 0,
	mine INTEGER NOT NULL DEFAULT 1,
	loaded INTEGER NOT NULL DEFAULT 0
);

-- flags: 1 retracted, 2 preparation, 4 read here, 8 received on the server,
-- 16 sent from here.
CREATE TABLE message(
	n INTEGER PRIMARY KEY,
	id TEXT NOT NULL,                 -- here too: a thread reads one table
	thread INTEGER NOT NULL,
	sent INTEGER NOT NULL,
	sender INTEGER NOT NULL,
	flags INTEGER NOT NULL,
	about INTEGER,
	text TEXT NOT NULL,
	files TEXT,
	modifier INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX message_thread ON message(thread, sent, n, sender, flags);
CREATE INDEX message_about ON message(about, sent, n, sender, flags)
	WHERE about IS NOT NULL;

CREATE TABLE report(
	n INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	patient INTEGER, name TEXT, fold TEXT, status TEXT,
	issued INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE request(n INTEGER PRIMARY KEY, requester INTEGER);
CREATE INDEX request_requester ON request(requester);
CREATE TABLE task(
	n INTEGER PRIMARY KEY,
	target INTEGER, owner INTEGER, status TEXT, priority INTEGER,
	deadline INTEGER NOT NULL, modified INTEGER NOT NULL
);
CREATE INDEX task_target ON task(target);

-- One row for each thing in my queue; gone when it is no more in my scope.
-- rank: 0 owed, 1 not. a, b: the order within the rank. marks: 1 draft, 2
-- unsent, 4 failed.
CREATE TABLE queue(
	key INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,
	rank INTEGER NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL,
	id TEXT NOT NULL,
	patient INTEGER,
	complaint TEXT, fold TEXT,
	priority INTEGER NOT NULL,
	since INTEGER NOT NULL, deadline INTEGER NOT NULL,
	unread INTEGER NOT NULL, marks INTEGER NOT NULL,
	sender INTEGER                    -- of the last message
);
CREATE INDEX queue_order ON queue(rank, a, b, key, kind, id, patient, complaint,
	priority, since, deadline, unread, marks, fold);
CREATE INDEX queue_kind ON queue(kind);
CREATE INDEX queue_patient ON queue(patient);
CREATE INDEX queue_owed ON queue(kind, deadline) WHERE rank = 0;
CREATE INDEX queue_unread ON queue(unread) WHERE unread > 0;

-- The owed rows by themselves: SQLite counts a whole tree without stepping
-- through it.
CREATE TABLE due(key INTEGER PRIMARY KEY);

-- A line of a chart; e is 256 * n + its place in the resource.
CREATE TABLE entry(
	e INTEGER PRIMARY KEY,
	patient INTEGER NOT NULL,
	section INTEGER NOT NULL,
	test TEXT,
	date_ms INTEGER NOT NULL,
	status INTEGER NOT NULL,
	severe INTEGER NOT NULL DEFAULT 0,
	drug INTEGER,                     -- named.n when words are not here
	words TEXT, detail TEXT, value TEXT, unit TEXT, range TEXT, interp TEXT,
	date TEXT
);
CREATE INDEX entry_patient ON entry(patient, section, test, date_ms, status);
CREATE TABLE dispense(
	n INTEGER PRIMARY KEY, patient INTEGER NOT NULL, request INTEGER,
	code TEXT, handed INTEGER NOT NULL, days REAL NOT NULL
);
CREATE INDEX dispense_patient ON dispense(patient);
CREATE TABLE section(
	patient INTEGER NOT NULL, section INTEGER NOT NULL,
	state INTEGER NOT NULL,
	PRIMARY KEY(patient, section)
) WITHOUT ROWID;

CREATE TABLE mark(
	scope TEXT PRIMARY KEY, watermark INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE me(ord INTEGER PRIMARY KEY, ref TEXT NOT NULL, n INTEGER NOT NULL);

-- What a doctor wrote. References stand in words too, so that a rescue needs no
-- other table, and each row carries its own hash: XTS has no integrity.
CREATE TABLE draft(
	thread INTEGER PRIMARY KEY,
	thread_ref TEXT NOT NULL,
	patient INTEGER NOT NULL,
	patient_ref TEXT NOT NULL,
	text TEXT NOT NULL,
	caret INTEGER NOT NULL,
	saved INTEGER NOT NULL,
	hash BLOB NOT NULL
);
CREATE TABLE outbox(
	n INTEGER PRIMARY KEY AUTOINCREMENT,
	verb INTEGER NOT NULL,
	type TEXT NOT NULL,
	target TEXT NOT NULL, if_match TEXT NOT NULL,
	system TEXT NOT NULL, value TEXT NOT NULL,
	bytes BLOB NOT NULL,
	thread_ref TEXT NOT NULL, patient_ref TEXT NOT NULL,
	created INTEGER NOT NULL,
	hash BLOB NOT NULL,
	thread INTEGER NOT NULL,
	patient INTEGER,
	state INTEGER NOT NULL,
	attempts INTEGER NOT NULL DEFAULT 0,
	next_try INTEGER NOT NULL DEFAULT 0,
	reason TEXT
);
CREATE INDEX outbox_live ON outbox(thread, n) WHERE state < 3;
CREATE INDEX outbox_value ON outbox(value) WHERE state < 3 AND value <> '';
