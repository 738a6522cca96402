// SPDX-License-Identifier: Apache-2.0
// What both suites need: the counts, a home directory of one's own, the programs.

import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let passed = 0, failed = 0;

export function report(ok, words, detail = '') {
	console.log(`${ok ? 'ok' : 'not ok'} - ${words}`);
	if (!ok && detail)
		console.log(`  # ${String(detail).trim().split('\n').slice(-12)
			.join('\n  # ')}`);
	ok ? passed++ : failed++;
}

export const equal = (words, found, wanted) => report(
	JSON.stringify(found) === JSON.stringify(wanted), words,
	`found ${JSON.stringify(found)}\nwanted ${JSON.stringify(wanted)}`);

// The last line of a suite, and its end.
export function finish() {
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed ? 1 : 0);
}

// One doctor's machine: a home that goes away. The profile's name is the same on
// all: the kernel's keyring is the user's, and must not mix them up.
export class Machine {
	constructor(build) {
		this.build = build;
		this.home = mkdtempSync(join(tmpdir(), 'qn-interop-'));
		this.profile = 'interop';
	}

	environment() {
		const { PATH, ASAN_OPTIONS = '', UBSAN_OPTIONS = '' } = process.env;
		const dir = (name) => join(this.home, name);

		return { PATH, ASAN_OPTIONS, UBSAN_OPTIONS, HOME: this.home,
			LC_ALL: 'C.UTF-8', XDG_CONFIG_HOME: dir('config'),
			XDG_STATE_HOME: dir('state'), XDG_DATA_HOME: dir('data'),
			XDG_CACHE_HOME: dir('cache'), XDG_RUNTIME_DIR: this.home };
	}

	run(program, ...args) {
		return new Promise((done) => execFile(join(this.build, program),
			args, { env: this.environment(), timeout: 120000,
				maxBuffer: 1 << 26 },
			(error, stdout, stderr) => done({ stdout, stderr,
				code: error ? error.code ?? 'killed' : 0 })));
	}

	qingnang(...args) {
		return this.run('qingnang', '--profile', this.profile, ...args);
	}

	// server: what a server's first line says.
	login(server) {
		const secret = join(this.home, 'secret');
		const pass = join(this.home, 'pass');

		writeFileSync(secret, `${server.client_secret}\n`);
		writeFileSync(pass, '一句只在试验里用的口令\n');
		return this.qingnang('login', '--server', server.base,
			'--client-id', server.client_id,
			'--client-secret-command', `cat '${secret}'`,
			'--practitioner', server.practitioner,
			'--passphrase-command', `cat '${pass}'`,
			...(server.ca ? ['--ca-file', server.ca] : []));
	}
}
