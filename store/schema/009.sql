-- SPDX-License-Identifier: Apache-2.0
-- The rest of the chart: what a line of it says beyond entry, for all sections
-- but the results. Dispenses and administrations are lines too (entry.section 32),
-- which stand beside their drugs.

CREATE TABLE aside(
	e INTEGER PRIMARY KEY,            -- entry.e
	until_ms INTEGER NOT NULL,        -- 0: not said
	until TEXT,                       -- as FHIR wrote it
	who INTEGER NOT NULL,             -- resource.n of who wrote or did it; 0
	by_words TEXT,                    -- what it is called there
	what INTEGER NOT NULL,            -- the order that was handed out; 0
	made INTEGER NOT NULL             -- enum fhir_made
);

-- Types that were never asked for are asked for; the rest is projected again.
UPDATE patient SET loaded=0;
