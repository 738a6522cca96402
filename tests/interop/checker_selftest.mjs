// SPDX-License-Identifier: Apache-2.0
// The checker itself: wrong documents that must be refused, each for its own
// reason, and the right one they are made from, which must pass.

import { check } from './checker.mjs';

const right = {
	resourceType: 'Communication',
	identifier: [{ system: 'urn:ietf:rfc:3986', value: 'urn:uuid:1',
		use: 'official' }],
	partOf: [{ reference: 'Communication/1' }],
	status: 'completed',
	priority: 'urgent',
	subject: { reference: 'Patient/1' },
	sent: '2026-11-20T02:31:00.000Z',
	recipient: [{ reference: 'Patient/1' }],
	sender: { reference: 'Practitioner/1' },
	payload: [{ contentString: '您好' }],
};

const without = (key) => {
	const { [key]: gone, ...rest } = right;
	return rest;
};

// What is wrong → the document.
const wrong = {
	'status outside its value set': { ...right, status: 'zzz' },
	'no status': without('status'),
	'a property FHIR has not': { ...right, colour: 'red' },
	'a number for a string': { ...right, payload: [{ contentString: 7 }] },
	'a list for an object': { ...right, sender: [right.sender] },
	'an object for a list': { ...right, recipient: right.recipient[0] },
	'30 February with a blank': { ...right, sent: '2026-02-30 10:00' },
	'priority outside its value set': { ...right, priority: 'soon' },
	'identifier.use outside its value set': { ...right,
		identifier: [{ ...right.identifier[0], use: 'mine' }] },
	'an empty list': { ...right, payload: [] },
	'two values of one choice': { ...right, payload: [{ contentString: 'a',
		contentReference: { reference: 'Binary/1' } }] },
	'a payload without content': { ...right, payload: [{ id: 'x' }] },
	'a type FHIR has not': { ...right, resourceType: 'Comunication' },
	'no type': without('resourceType'),
};

let passed = 0, failed = 0;

function report(ok, words) {
	console.log(`${ok ? 'ok' : 'not ok'} - ${words}`);
	ok ? passed++ : failed++;
}

const issues = check(right);
report(issues.length === 0, `checker: the right one passes ${issues}`);
for (const [words, document] of Object.entries(wrong))
	report(check(document).length > 0, `checker: refused: ${words}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
