// SPDX-License-Identifier: Apache-2.0
// HL7's examples: node charts.mjs BUILD-DIR EXAMPLES-DIR. The practice clinic
// loads them all, the client logs in as Practitioner/example and syncs what
// concerns its patients' charts. How many of each type must come is stated here,
// counted by hand from the files; each one is then compared, leaf by leaf, with the
// file it came from.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Machine, equal, finish, report } from './client.mjs';
import { leaves, parse, stringify } from './lossless.mjs';

const [build, examples] = process.argv.slice(2);
const ME = 'Practitioner/example';

// Communication/example brings Patient/example and the whole chart. The other four
// are named by orders and a task without a thread or anything owed (Task/example3
// is a draft): of these only the Patient comes.
const COUNTS = {
	// the chart: all there are in the files with that subject
	AllergyIntolerance: 4, Condition: 4, DiagnosticReport: 4, Encounter: 3,
	Flag: 2, Immunization: 5, Observation: 71, Procedure: 9,
	QuestionnaireResponse: 1, EpisodeOfCare: 1, CareTeam: 1,
	// whose care that episode is
	Organization: 1,
	// what names me, what I asked for, and what these refer to
	Communication: 1, Device: 1, MedicationRequest: 1, Patient: 5,
	// I, the care manager (14), who did Procedure/ambulation (f204)
	Practitioner: 3, PractitionerRole: 4, ServiceRequest: 7,
	// one Task owned by me and three I asked for; what I signed; a relative
	Task: 4, Provenance: 1, RelatedPerson: 1,
	// one named by an order, one of the formulary with what is known of it
	Medication: 2, MedicationKnowledge: 1,
};

// Everything a file holds: itself, or what a Bundle carries.
function resourcesOf(text) {
	const { value, numbers } = parse(text);
	const carries = value.resourceType === 'Bundle' &&
		!['document', 'message'].includes(value.type);

	return (carries ? value.entry ?? [] : [{ resource: value }])
		.map((e, i) => ({ resource: e.resource,
			path: carries ? `/entry/${i}/resource` : '', numbers }))
		.filter((r) => r.resource?.id);
}

// Every example by Type/id; an id may stand in several files, each in its way.
function readExamples() {
	const found = new Map();

	for (const name of readdirSync(examples).sort()) {
		// The few beyond that are FHIR's own definitions, not a patient's.
		if (!name.endsWith('.json') ||
		    statSync(join(examples, name)).size > 2e6)
			continue;
		for (const { resource, path, numbers } of resourcesOf(
			readFileSync(join(examples, name), 'utf8'))) {
			const ref = `${resource.resourceType}/${resource.id}`;
			found.set(ref, [...found.get(ref) ?? [],
				stringify(resource, new Map([...numbers].filter(
					([at]) => at.startsWith(path)).map(
					([at, t]) => [at.slice(path.length), t])))]);
		}
	}
	return found;
}

function startClinic() {
	const child = spawn(join(build, 'qingnang-clinic'), ['--load', examples,
		'--fault', `other-doctor=${ME}`],
	{ stdio: ['ignore', 'pipe', 'ignore'] });

	return new Promise((done, fail) => {
		child.once('exit', (code) => fail(new Error(`clinic: ${code}`)));
		createInterface({ input: child.stdout }).once('line', (line) =>
			done({ ...JSON.parse(line), practitioner: ME, child }));
	});
}

// The server's own marks are the server's.
const told = (text) => [...leaves(text)].filter(([at]) =>
	!/^\/meta\/(versionId|lastUpdated)$/.test(at) && at !== '/meta')
	.map(String).sort().join('\n');

function compare(dir, originals) {
	const counts = {};
	const strange = [];

	for (const name of readdirSync(dir)) {
		const text = readFileSync(join(dir, name), 'utf8');
		const { value } = parse(text);
		const ref = `${value.resourceType}/${value.id}`;

		counts[value.resourceType] = (counts[value.resourceType] ?? 0) + 1;
		if (!(originals.get(ref) ?? []).some((o) => told(o) === told(text)))
			strange.push(ref);
	}
	for (const type of new Set([...Object.keys(COUNTS),
		...Object.keys(counts)]))
		equal(`examples: ${type}`, counts[type] ?? 0, COUNTS[type] ?? 0);
	equal('examples: every one as HL7 wrote it', strange, []);
}

const originals = readExamples();
const clinic = await startClinic();
const machine = new Machine(build);
const dir = join(machine.home, 'dump');

try {
	mkdirSync(dir);
	const did = (words, r) => report(r.code === 0, `examples: ${words}`,
		`exit ${r.code}\n${r.stdout}\n${r.stderr}`);
	did('login', await machine.login(clinic));
	did('sync', await machine.qingnang('sync', '--once'));
	did('queue', await machine.qingnang('queue', '--json'));
	did('show', await machine.qingnang('show', 'example', '--json'));
	did('dump', await machine.run('tests/interop/cache', 'dump',
		machine.profile, dir));
	compare(dir, originals);
} finally {
	clinic.child.removeAllListeners('exit');
	clinic.child.kill();
	rmSync(machine.home, { recursive: true, force: true });
}
finish();
