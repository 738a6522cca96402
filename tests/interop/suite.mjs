// SPDX-License-Identifier: Apache-2.0
// The client against the independent server: node suite.mjs BUILD-DIR FIXTURES.
// Each transport runs the whole story on a profile of its own: login, first sync,
// the queue by a list made by hand, a reply, an update, what the server holds then,
// nothing said twice, and what happens when the token dies.

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { check } from './checker.mjs';
import { Machine, equal, finish, report } from './client.mjs';
import { leaves, parse } from './lossless.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [build, fixtures] = process.argv.slice(2);

// By hand, from the fixtures and wire.md: what is in the queue of dr-wu.
const QUEUE = {
	'c-li': ['consultation', '李桂芳', 'routine', true, 1],
	'c-smith': ['consultation', 'John Paul Smith', 'asap', false, 0],
	'c-song': ['consultation', '宋玉梅', 'routine', true, 1],
	'c-zhang': ['consultation', '张银兰', 'urgent', true, 3],
	'loose1': ['consultation', '陈阿大', 'routine', true, 1],
	'r-zhu': ['result', '朱雪山', null, true, null],
};
const ABSENT = ['c-other'];

// ---- the server --------------------------------------------------------------

function startServer(args) {
	const child = spawn(process.execPath, [join(here, 'server.mjs'), '--load',
		fixtures, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });

	return new Promise((done, fail) => {
		child.once('exit', (code) => fail(new Error(`server: ${code}`)));
		createInterface({ input: child.stdout }).once('line', (line) =>
			done({ ...JSON.parse(line), child }));
	});
}

const asked = async (server, what) =>
	(await fetch(`${server.control}/${what}`)).text();

// ---- the story -------------------------------------------------------------

class Story {
	constructor(name, server) {
		this.name = name;
		this.server = server;
		this.machine = new Machine(build);
	}

	say(ok, words, detail) {
		report(ok, `${this.name}: ${words}`, detail);
	}

	did(words, result) {
		this.say(result.code === 0, words,
			`exit ${result.code}\n${result.stdout}\n${result.stderr}`);
		return result.stdout;
	}

	async qingnang(words, ...args) {
		return this.did(words, await this.machine.qingnang(...args));
	}

	async json(words, ...args) {
		const text = await this.qingnang(words, ...args);
		try {
			return JSON.parse(text);
		} catch {
			return null;
		}
	}

	async login() {
		this.did('login', await this.machine.login(this.server));
	}

	async queue() {
		await this.qingnang('first sync', 'sync', '--once');
		const rows = [(await this.json('queue', 'queue', '--json'))]
			.flat().flatMap((q) => q?.rows ?? q ?? []);
		const found = Object.fromEntries(rows.map((r) => [r.id, r]));

		for (const [id, [kind, name, priority, owed, unread]] of
			Object.entries(QUEUE)) {
			const row = found[id] ?? {};
			const seen = [row.kind, row.patient?.name,
				priority && row.priority, row.owed,
				unread && row.unread];
			this.say(JSON.stringify(seen) === JSON.stringify(
				[kind, name, priority, owed, unread]),
			`queue: ${id}`, JSON.stringify(row));
		}
		for (const id of ABSENT)
			this.say(!(id in found), `queue: not ${id}`);
	}

	async chart() {
		const thread = await this.json('show', 'show', 'c-zhang', '--json');
		const entry = (section, ref) => thread?.chart?.[section]?.entries
			.find((e) => e.ref.endsWith(`/${ref}`)) ?? {};
		const told = {
			'messages': [thread?.messages?.length, 3],
			'a text of two lines': [thread?.messages?.[0]?.text,
				'这三天早上量都是 158/94 左右,头有点胀,\n' +
				'氨氯地平一直在吃。'],
			'a file by name': [thread?.messages?.[1]?.attachments?.[0]
				?.title, '血压计.jpg'],
			'an allergy': [entry('allergies', 'a-penicillin').status,
				'plain'],
			'a refuted one': [entry('allergies', 'a-shrimp').status,
				'refuted'],
			'an order not to give': [entry('drugs', 'm-no-ibuprofen')
				.status, 'do-not-perform'],
			'a decimal': [entry('results', 'o-hba1c').value, '7.20'],
			'another': [entry('results', 'o-k').value, '4.10'],
			'an interpretation': [entry('results', 'o-hba1c')
				.interpretation, 'H'],
		};
		for (const [words, [found, wanted]] of Object.entries(told))
			equal(`${this.name}: chart: ${words}`, found, wanted);
		const merged = await this.json('show merged', 'show', 'c-li',
			'--json');
		this.say(merged?.chart?.allergies?.entries?.some((e) =>
			e.words === '磺胺'), 'chart: a merged record is read too');
	}

	async written() {
		return JSON.parse(await asked(this.server, 'written'));
	}

	async reply() {
		const text = '先别加药。请连续三天早晚各测一次,\n"158/94" 😀 \\ ok';

		await this.qingnang('reply', 'reply', 'c-zhang', '-m', text);
		this.say((await this.written()).length === 0,
			'nothing is sent before a sync');
		await this.qingnang('sync sends', 'sync', '--once');
		const sent = (await this.written()).filter((w) =>
			w.method === 'POST');
		const body = sent.length ? JSON.parse(sent[0].text) : {};
		equal(`${this.name}: one create`, sent.length, 1);
		equal(`${this.name}: the text as typed`,
			body.payload?.[0]?.contentString, text);
		equal(`${this.name}: its thread`, body.partOf?.[0]?.reference,
			'Communication/c-zhang');
		equal(`${this.name}: its sender`, body.sender?.reference,
			this.server.practitioner);
		this.say(/^identifier=.+\|urn:uuid:/.test(decodeURIComponent(
			sent[0]?.ifNoneExist ?? '')), 'If-None-Exist names it',
		sent[0]?.ifNoneExist);
		await this.qingnang('sync again', 'sync', '--once');
		const held = JSON.parse(await asked(this.server, 'held/' +
			'Communication?part-of=Communication/c-zhang&_count=50'));
		equal(`${this.name}: the server holds it once`, held.entry.filter(
			(e) => e.resource.sender.reference ===
			this.server.practitioner).length, 1);
		const row = [(await this.json('queue after', 'queue', '--json'))]
			.flat().flatMap((q) => q?.rows ?? q ?? [])
			.find((r) => r.id === 'c-zhang');
		equal(`${this.name}: no longer owed`, row?.owed, false);
	}

	// Reading tells the server, by the message's own bytes and "received".
	async update() {
		const before = await asked(this.server, 'held/Communication/z1');
		this.did('messages are read', await this.machine.run(
			'tests/interop/cache', 'read', this.machine.profile,
			'c-zhang'));
		await this.qingnang('sync tells it', 'sync', '--once');
		const puts = (await this.written()).filter((w) =>
			w.method === 'PUT');
		const put = puts.find((w) => w.url === 'Communication/z1');
		const version = JSON.parse(before).meta.versionId;

		equal(`${this.name}: three updates`, puts.map((w) => w.url).sort(),
			['z1', 'z2', 'z3'].map((id) => `Communication/${id}`));
		equal(`${this.name}: If-Match, quoted`, put?.ifMatch,
			`W/"${version}"`);
		const [was, is] = [leaves(before), leaves(put?.text ?? '{}')];
		this.say(is.has('/received'), 'received is set');
		is.delete('/received');
		equal(`${this.name}: every decimal and field as it was`,
			[...is].sort(), [...was].sort());
		const { numbers } = parse(await asked(this.server,
			'held/Communication/z1'));
		equal(`${this.name}: the server holds the decimals`,
			[...numbers.values()].sort(),
			['-0.00', '0.10', '0.30000000000000000000000001', '1.50e2']);
	}

	async valid() {
		for (const w of await this.written()) {
			const issues = [...w.issues, ...check(JSON.parse(w.text))];
			this.say(issues.length === 0, `valid: ${w.method} ${w.url}`,
				issues.join('\n'));
		}
	}

	async transport(http2) {
		const stats = JSON.parse(await asked(this.server, 'stats'));

		this.say(stats.requests > 0 && (stats.http2 > 0) === http2,
			`spoke HTTP/${http2 ? '2' : '1.1'}`, JSON.stringify(stats));
		equal(`${this.name}: no request without a login`,
			stats.unauthorized, 0);
	}

	// Told to wait, by either header, it waits as long and comes back: a reply
	// and a pull arrive, once each.
	async throttled() {
		const text = '一周后复诊。';

		await this.qingnang('reply before a throttle', 'reply', 'c-song',
			'-m', text);
		await asked(this.server, 'throttle/4');
		const from = Date.now();
		await this.qingnang('sync through 429', 'sync', '--once');
		const stats = JSON.parse(await asked(this.server, 'stats'));
		equal(`${this.name}: four were told to wait`, stats.throttled, 4);
		this.say(Date.now() - from >= 2000, 'it waited as it was told',
			`${Date.now() - from} ms`);
		const held = JSON.parse(await asked(this.server, 'held/' +
			'Communication?part-of=Communication/c-song&_count=50'));
		equal(`${this.name}: the reply is there once`, held.entry.filter(
			(e) => e.resource.payload?.[0]?.contentString === text)
			.length, 1);
	}

	// The server forgets every token: the client logs in again by itself.
	async logout() {
		await asked(this.server, 'logout');
		await this.qingnang('sync after the token died', 'sync', '--once');
	}
}

async function tell(name, args, http2) {
	const server = await startServer(args);
	const story = new Story(name, server);

	try {
		await story.login();
		await story.queue();
		await story.chart();
		await story.reply();
		await story.update();
		await story.throttled();
		await story.valid();
		await story.transport(http2);
		await story.logout();
	} catch (error) {
		story.say(false, 'the story ends early', error.stack);
	} finally {
		server.child.removeAllListeners('exit');
		server.child.kill();
		rmSync(story.machine.home, { recursive: true, force: true });
	}
}

// A certificate made for this run: its own authority, for 127.0.0.1 alone.
function certificate(dir) {
	return new Promise((done, fail) => execFile('openssl', ['req', '-x509',
		'-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
		'-nodes', '-days', '2', '-subj', '/CN=127.0.0.1', '-addext',
		'subjectAltName=IP:127.0.0.1', '-keyout', join(dir, 'key.pem'),
		'-out', join(dir, 'cert.pem')], (error) => error ? fail(error) :
		done([join(dir, 'cert.pem'), join(dir, 'key.pem')])));
}

const dir = mkdtempSync(join(tmpdir(), 'qn-interop-tls-'));

await tell('HTTP/1.1', [], false);
await tell('TLS, HTTP/2', ['--tls', ...await certificate(dir)], true);
rmSync(dir, { recursive: true, force: true });
finish();
