// SPDX-License-Identifier: Apache-2.0
// Every document about prescriptions, and every answer to a result, that the client
// writes is right by the independent validator: node orders.mjs BUILD-DIR. What an
// entry of a transaction refers to by urn:uuid: is an entry of the same.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from './checker.mjs';
import { finish, report } from './client.mjs';

const [build] = process.argv.slice(2);
const dir = mkdtempSync(join(tmpdir(), 'orders-'));

function references(value, out = []) {
	if (value && typeof value === 'object')
		for (const [key, v] of Object.entries(value))
			if (key === 'reference' && typeof v === 'string')
				out.push(v);
			else
				references(v, out);
	return out;
}

function faults(bundle) {
	const names = new Set(bundle.entry.map((e) => e.fullUrl));
	const found = check(bundle);

	for (const entry of bundle.entry)
		found.push(...check(entry.resource));
	if (bundle.type === 'transaction' && bundle.entry.length > 8)
		found.push(`${bundle.entry.length} entries`);
	for (const ref of references(bundle))
		if (ref.startsWith('urn:uuid:') && !names.has(ref))
			found.push(`dangling ${ref}`);
	return found;
}

execFileSync(join(build, 'tests/interop/orders'), [dir]);
execFileSync(join(build, 'tests/interop/answers'), [dir]);
const kinds = {};

for (const name of readdirSync(dir)) {
	const kind = (kinds[name.split('-')[0]] ??= { n: 0, found: [] });
	const found = faults(JSON.parse(readFileSync(join(dir, name), 'utf8')));

	kind.n++;
	if (found.length)
		kind.found.push(`${name}: ${found.join('; ')}`);
}
for (const [kind, { n, found }] of Object.entries(kinds))
	report(found.length === 0, `orders: ${n} of kind ${kind} are R4`,
		found[0]);
report(Object.keys(kinds).length === 6, 'orders: all kinds were written');
rmSync(dir, { recursive: true });
finish();
