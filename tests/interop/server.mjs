// SPDX-License-Identifier: Apache-2.0
// An independent FHIR R4 server for the interop suite, in memory, on 127.0.0.1.
//
//   node server.mjs --load DIR [--tls CERT KEY]
//
// Plain: HTTP/1.1. With --tls: HTTP/2 or HTTP/1.1, as ALPN agrees. Prints one JSON
// line: base, token_url, client_id, client_secret, practitioner, ca, control. The
// control address (a second port, no login) tells the suite what was written.

import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Fhir } from './fhir.mjs';

const BODY_MAX = 1 << 20; // wire.md: the real server's limit
const PRACTITIONER = 'Practitioner/dr-wu';

const { values: options, positionals } = parseArgs({ allowPositionals: true,
	options: { load: { type: 'string' }, tls: { type: 'boolean' } } });
const [cert, key] = options.tls ? positionals : [];

const fhir = new Fhir();
const secret = randomUUID(), tokens = new Set();
const stats = { requests: 0, http2: 0, unauthorized: 0, throttled: 0 };
let throttle = 0; // so many requests more are told to wait
let base;

for (const name of readdirSync(options.load).sort())
	if (name.endsWith('.json'))
		await fhir.load(readFileSync(join(options.load, name), 'utf8'));

// ---- login -----------------------------------------------------------------

const base64url = (value) =>
	Buffer.from(JSON.stringify(value)).toString('base64url');

function makeToken() {
	const text = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({
		fhirUser: `${base}/${PRACTITIONER}`, client_id: 'interop',
		jti: randomUUID(), exp: Math.floor(Date.now() / 1000) + 3600 })}`;
	const token = `${text}.${createHmac('sha256', secret).update(text)
		.digest('base64url')}`;

	tokens.add(token);
	return token;
}

// RFC 6749: by client_secret_post or client_secret_basic.
function tokenAnswer(headers, text) {
	const form = new URLSearchParams(text);
	const basic = /^Basic (.+)$/.exec(headers.authorization ?? '');
	const [id, given] = basic ? Buffer.from(basic[1], 'base64').toString()
		.split(':').map(decodeURIComponent) :
		[form.get('client_id'), form.get('client_secret')];

	if (form.get('grant_type') !== 'client_credentials')
		return [400, { error: 'unsupported_grant_type' }];
	if (id !== 'interop' || given !== secret)
		return [400, { error: 'invalid_client' }];
	return [200, { access_token: makeToken(), token_type: 'Bearer',
		expires_in: 3600, fhirUser: `${base}/${PRACTITIONER}` }];
}

// ---- HTTP ------------------------------------------------------------------

async function bodyOf(request) {
	const parts = [];
	let size = 0;

	for await (const part of request) {
		size += part.length;
		if (size <= BODY_MAX)
			parts.push(part);
	}
	return size > BODY_MAX ? null : Buffer.concat(parts).toString('utf8');
}

function send(request, response, status, headers, text) {
	let body = Buffer.from(text);

	if (body.length > 1024 &&
	    /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
		body = gzipSync(body);
		headers['content-encoding'] = 'gzip';
	}
	response.writeHead(status, { ...headers, 'content-length': body.length });
	response.end(body);
}

const sendJson = (request, response, status, value) =>
	send(request, response, status, { 'content-type': 'application/json' },
		JSON.stringify(value));

function fhirHeaders(resource) {
	const headers = { 'content-type': 'application/fhir+json; charset=utf-8' };

	if (resource?.meta?.versionId && resource.id) {
		headers.etag = `W/"${resource.meta.versionId}"`;
		headers['last-modified'] =
			new Date(resource.meta.lastUpdated).toUTCString();
		headers.location = `${base}/${resource.resourceType}/${
			resource.id}/_history/${resource.meta.versionId}`;
	}
	return headers;
}

// The path below the base, and whether a login is needed for it.
async function serve(request, response) {
	const text = await bodyOf(request);
	const url = new URL(request.url, base);
	const path = decodeURIComponent(url.pathname);

	stats.requests++;
	stats.http2 += request.httpVersionMajor === 2;
	if (text === null)
		return sendJson(request, response, 413, { error: 'too large' });
	if (path === '/oauth2/token')
		return sendJson(request, response, ...tokenAnswer(request.headers,
			text));
	if (path === '/fhir/R4/.well-known/smart-configuration')
		return sendJson(request, response, 200, { token_endpoint:
			new URL('/oauth2/token', base).href, grant_types_supported:
			['client_credentials'], capabilities: [],
			token_endpoint_auth_methods_supported:
			['client_secret_post', 'client_secret_basic'] });
	if (!path.startsWith('/fhir/R4'))
		return sendJson(request, response, 404, {});
	const below = path.slice('/fhir/R4'.length).replace(/^\//, '');
	if (below === 'metadata')
		return send(request, response, 200, fhirHeaders(),
			JSON.stringify(fhir.capabilities(base)));
	const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '');
	if (!token || !tokens.has(token[1])) {
		stats.unauthorized++;
		const answer = fhir.answer(401, { resourceType: 'OperationOutcome',
			issue: [{ severity: 'error', code: 'login' }] });
		return send(request, response, 401, fhirHeaders(), answer.body);
	}
	if (throttle > 0) {
		const wait = throttle-- % 2 ? { 'retry-after': '1' } :
			{ ratelimit: '"fhirInteractions";r=0;t=1' };
		stats.throttled++;
		const answer = fhir.answer(429, { resourceType:
			'OperationOutcome', issue: [{ severity: 'error',
			code: 'throttled' }] });
		return send(request, response, 429, { ...fhirHeaders(),
			...wait }, answer.body);
	}
	const answer = await fhir.handle(base, request.method,
		below + url.search, request.headers, text);
	send(request, response, answer.status, fhirHeaders(answer.resource),
		answer.body);
}

function control(request, response) {
	const [, what, ...rest] = decodeURIComponent(request.url).split('/');
	const answers = {
		written: () => fhir.written,
		stats: () => stats,
		logout: () => (tokens.clear(), {}),
		throttle: () => (throttle = Number(rest[0]), {}),
	};

	if (what in answers)
		return sendJson(request, response, 200, answers[what]());
	fhir.route(base, { method: 'GET', url: rest.join('/'), headers: {} })
		.then((answer) => send(request, response, answer.status,
			fhirHeaders(), answer.body));
}

const listen = (server) => new Promise((done) =>
	server.listen(0, '127.0.0.1', () => done(server.address().port)));

const guarded = (request, response) => serve(request, response).catch(
	(error) => {
		console.error(error);
		response.writeHead(500).end();
	});

const server = options.tls ? createSecureServer({ allowHTTP1: true,
	cert: readFileSync(cert), key: readFileSync(key) }, guarded) :
	createServer(guarded);
const port = await listen(server);

base = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}/fhir/R4`;
const controlPort = await listen(createServer(control));
console.log(JSON.stringify({ base, token_url:
	new URL('/oauth2/token', base).href, client_id: 'interop',
	client_secret: secret, practitioner: PRACTITIONER,
	ca: options.tls ? resolve(cert) : null,
	control: `http://127.0.0.1:${controlPort}` }));
process.on('SIGTERM', () => process.exit(0));
