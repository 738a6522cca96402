-- SPDX-License-Identifier: Apache-2.0
-- Results: the UCUM code beside the unit's words, by which values of one test in
-- two units are compared; home: read by the patient or one of theirs.
ALTER TABLE entry ADD COLUMN ucum TEXT;
ALTER TABLE entry ADD COLUMN home INTEGER NOT NULL DEFAULT 0;
CREATE INDEX script_patient ON script(patient);
