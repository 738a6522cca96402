-- SPDX-License-Identifier: Apache-2.0
-- Prescribing: the formulary, renewal requests and reviews, prescriptions.

-- A Medication or MedicationKnowledge; drug is the Medication's number (its own
-- where there is none). words: its names folded, one a line: parts are looked for
-- in them.
CREATE TABLE formulary(
	n INTEGER PRIMARY KEY,
	drug INTEGER NOT NULL,
	active INTEGER NOT NULL,
	words TEXT NOT NULL
);
CREATE INDEX formulary_drug ON formulary(drug);
-- The beginnings drugs are found by, in order; kind: enum drug_word.
CREATE TABLE drug_word(
	kind INTEGER NOT NULL, word TEXT NOT NULL, drug INTEGER NOT NULL,
	src INTEGER NOT NULL,             -- formulary.n that says so
	PRIMARY KEY(kind, word, drug, src)
) WITHOUT ROWID;
CREATE INDEX drug_word_src ON drug_word(src);
CREATE TABLE drug_code(
	code TEXT NOT NULL, system TEXT NOT NULL, src INTEGER NOT NULL,
	PRIMARY KEY(code, system, src)
) WITHOUT ROWID;
CREATE INDEX drug_code_src ON drug_code(src);

-- A MedicationRequest as prescribing sees it. rx: the prescription it is a line
-- of. Times 0: not stated.
CREATE TABLE script(
	n INTEGER PRIMARY KEY,
	patient INTEGER NOT NULL,
	intent TEXT, status TEXT, reason TEXT,
	requester INTEGER NOT NULL,
	prior INTEGER NOT NULL, based INTEGER NOT NULL,
	grp TEXT, rx INTEGER,
	authored INTEGER NOT NULL, until INTEGER NOT NULL,
	words TEXT, drug INTEGER NOT NULL -- named.n when words are not here
);
CREATE INDEX script_prior ON script(prior) WHERE prior<>0;
CREATE INDEX script_based ON script(based) WHERE based<>0;
CREATE INDEX script_grp ON script(grp) WHERE grp IS NOT NULL;
CREATE INDEX script_rx ON script(rx) WHERE rx IS NOT NULL;

-- A Task about a MedicationRequest: what it is (renewal request, review) its
-- order says. performers: "|code|" of performerType.
CREATE TABLE rx_task(
	n INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	version TEXT,
	patient INTEGER NOT NULL,
	approve INTEGER NOT NULL,
	focus INTEGER NOT NULL,
	grp TEXT,
	owner INTEGER NOT NULL, requester INTEGER NOT NULL,
	status TEXT, reason TEXT, words TEXT, performers TEXT,
	priority INTEGER NOT NULL,
	authored INTEGER NOT NULL, modified INTEGER NOT NULL,
	deadline INTEGER NOT NULL
);
CREATE INDEX rx_task_focus ON rx_task(focus, modified);
CREATE INDEX rx_task_grp ON rx_task(grp, modified) WHERE grp IS NOT NULL;

-- What became of an order. kind: 0 MedicationDispense, 1 SupplyDelivery; what: the
-- MedicationRequest, or the MedicationDispense delivered.
CREATE TABLE fill(
	n INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL, what INTEGER NOT NULL,
	status TEXT, reason TEXT, at INTEGER NOT NULL
);
CREATE INDEX fill_what ON fill(what);

-- Prescriptions of mine. own: made here, with the bytes that were shown; else
-- learnt from the server. local: enum rx_local, what was done here; server: enum
-- rx_state that the server's resources say, -1 none of them is here. What a doctor
-- made carries its hash, and its references in words for a rescue.
CREATE TABLE rx(
	n INTEGER PRIMARY KEY AUTOINCREMENT,
	identifier TEXT NOT NULL,
	patient INTEGER NOT NULL,
	own INTEGER NOT NULL,
	local INTEGER NOT NULL,
	server INTEGER NOT NULL DEFAULT -1,
	changed INTEGER NOT NULL,
	authored INTEGER NOT NULL,
	until INTEGER NOT NULL,
	stamp INTEGER NOT NULL,
	why INTEGER NOT NULL DEFAULT 0,
	other INTEGER NOT NULL DEFAULT 0, -- resource.n that why speaks of
	reason TEXT,
	task INTEGER NOT NULL, prior INTEGER NOT NULL,
	patient_ref TEXT NOT NULL, task_ref TEXT NOT NULL,
	prior_ref TEXT NOT NULL, words TEXT NOT NULL,
	bytes BLOB, jws TEXT, hash BLOB
);
CREATE UNIQUE INDEX rx_identifier ON rx(identifier, patient);
CREATE INDEX rx_changed ON rx(changed, n, server, local, patient);
CREATE INDEX rx_patient ON rx(patient, changed);
CREATE INDEX rx_task_of ON rx(task) WHERE task<>0;
CREATE INDEX rx_prior ON rx(prior) WHERE prior<>0;
CREATE INDEX rx_open ON rx(n) WHERE own AND local<2;
-- The identifiers its lines were sent with.
CREATE TABLE rx_line(
	value TEXT NOT NULL, rx INTEGER NOT NULL, PRIMARY KEY(value, rx)
) WITHOUT ROWID;
CREATE INDEX rx_line_rx ON rx_line(rx);

-- Order lines half typed.
CREATE TABLE line(
	patient INTEGER PRIMARY KEY, patient_ref TEXT NOT NULL,
	text TEXT NOT NULL, caret INTEGER NOT NULL, saved INTEGER NOT NULL,
	hash BLOB NOT NULL
);
-- What a decision support service said of the bytes with this hash.
CREATE TABLE card(
	rx INTEGER PRIMARY KEY, hash BLOB NOT NULL, state INTEGER NOT NULL,
	json BLOB
);
-- What a server's answer only located: still to be fetched.
CREATE TABLE wanted(ref TEXT PRIMARY KEY, asked INTEGER NOT NULL) WITHOUT ROWID;

-- When a section was last proved to be what the server has.
ALTER TABLE section ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0;
-- The short lanes, in order.
CREATE INDEX queue_lane ON queue(kind, rank, a, b, key) WHERE kind<>0;
