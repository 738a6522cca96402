// SPDX-License-Identifier: Apache-2.0
// FHIR over @medplum/fhir-router and its repository in memory. Added here is only
// what HTTP needs and they leave to their caller: pages with a next link, bodies
// whose numbers keep their text, and the check of what is written.

import { core, profiles, router } from './medplum.mjs';
import { check } from './checker.mjs';
import { parse, stringify } from './lossless.mjs';

const PAGE_MAX = 1000;

const keyOf = (r) => `${r.resourceType}/${r.id}/${r.meta?.versionId}`;

function outcome(code, words) {
	return { resourceType: 'OperationOutcome', issue: [{ severity: 'error',
		code, details: { text: words } }] };
}

export class Fhir {
	constructor() {
		this.repository = new router.MemoryRepository();
		this.router = new router.FhirRouter();
		this.numbers = new Map(); // keyOf() → the texts of its numbers
		this.written = [];        // what clients wrote, and how it was judged
	}

	// One request; url is relative ("Patient?name=张"). Returns status, body (text)
	// and the resource it is of.
	async handle(base, method, url, headers, text) {
		const writes = method === 'POST' && url !== '' &&
			!/_search/.test(url) || method === 'PUT';
		let body = null;

		try {
			if (text)
				body = parse(text);
		} catch (error) {
			return this.answer(400, outcome('invalid', error.message));
		}
		const issues = writes ? check(body?.value) : [];
		if (writes)
			this.written.push({ method, url, text, issues,
				ifMatch: headers['if-match'],
				ifNoneExist: headers['if-none-exist'] });
		if (issues.length)
			return this.answer(422, outcome('invalid', issues.join('; ')));
		return this.route(base, { method, url, headers }, body);
	}

	async route(base, { method, url, headers }, body) {
		const request = { method, url, headers, pathname: '', params: {},
			query: {}, body: body?.value };
		const limits = this.pageOf(url);
		// One more than the page: is there another?
		if (limits)
			request.url = limits.probe;
		const [result, resource] = await this.router.handleRequest(request,
			this.repository);
		if (body && resource?.id)
			this.numbers.set(keyOf(resource), body.numbers);
		if (limits && resource?.resourceType === 'Bundle')
			this.page(base, resource, limits);
		if (method === 'POST' && url === '')
			await this.pageBatch(base, body.value, resource);
		return this.answer(core.getStatus(result), resource ?? result);
	}

	// What a search asks for of pages; null when it is not a search.
	pageOf(url) {
		const [path, query] = [url.split('?')[0], url.split('?')[1] ?? ''];
		if (!/^[A-Z][A-Za-z]+$/.test(path))
			return null;
		const params = new URLSearchParams(query);
		const count = Math.min(Number(params.get('_count') ?? 20), PAGE_MAX);
		const offset = Number(params.get('_offset') ?? 0);
		params.set('_count', count + 1);
		return { path, count, offset, self: url,
			probe: `${path}?${params}` };
	}

	page(base, bundle, { path, count, offset, self }) {
		const more = (bundle.entry?.length ?? 0) > count;

		bundle.entry = bundle.entry?.slice(0, count).map((e) => ({
			fullUrl: `${base}/${e.resource.resourceType}/${e.resource.id}`,
			...e, search: { mode: 'match' } }));
		if (!bundle.entry?.length)
			delete bundle.entry;
		delete bundle.total; // wire.md: absent on the real server
		const params = new URLSearchParams(self.split('?')[1] ?? '');
		params.set('_offset', offset + count);
		bundle.link = [{ relation: 'self', url: `${base}/${self}` }];
		if (more)
			bundle.link.push({ relation: 'next',
				url: `${base}/${path}?${params}` });
	}

	// The router answers a batch's searches whole, but without links.
	async pageBatch(base, batch, answer) {
		for (const [i, entry] of (batch.entry ?? []).entries()) {
			const limits = entry.request?.method === 'GET' &&
				this.pageOf(entry.request.url);
			if (!limits)
				continue;
			const [, bundle] = await this.router.handleRequest({
				method: 'GET', url: limits.probe, pathname: '',
				params: {}, query: {} }, this.repository);
			if (bundle?.resourceType !== 'Bundle')
				continue;
			this.page(base, bundle, limits);
			answer.entry[i].resource = bundle;
		}
	}

	// The texts of the numbers of a resource, or of all in a Bundle.
	numbersOf(value, path, out) {
		const own = this.numbers.get(keyOf(value));

		for (const [at, text] of own ?? [])
			out.set(path + at, text);
		if (value.resourceType === 'Bundle')
			(value.entry ?? []).forEach((e, i) => e.resource &&
				this.numbersOf(e.resource,
					`${path}/entry/${i}/resource`, out));
		return out;
	}

	answer(status, resource) {
		return { status, resource, body: stringify(resource,
			this.numbersOf(resource, '', new Map())) };
	}

	// Documents of a directory, before any client is there.
	async load(text) {
		const { value, numbers } = parse(text);
		const list = value.resourceType === 'Bundle' ?
			value.entry.map((e, i) => [e.resource,
				`/entry/${i}/resource`]) : [[value, '']];

		for (const [resource, path] of list) {
			const issues = check(resource);
			if (issues.length)
				throw new Error(`${resource.resourceType}/${
					resource.id}: ${issues.join('; ')}`);
			const stored = await this.repository.createResource(resource);
			this.numbers.set(keyOf(stored), new Map([...numbers]
				.filter(([at]) => at.startsWith(`${path}/`))
				.map(([at, t]) => [at.slice(path.length), t])));
		}
		return list.length;
	}

	capabilities(base) {
		const types = profiles.flatMap((bundle) => bundle.entry)
			.map(({ resource }) => resource)
			.filter((r) => r.kind === 'resource' && !r.abstract &&
				core.getSearchParameters(r.type))
			.map((r) => r.type);

		return { resourceType: 'CapabilityStatement', status: 'active',
			date: '2026-11-01', kind: 'instance', fhirVersion: '4.0.1',
			format: ['json'], software: { name: 'interop' },
			implementation: { description: 'interop', url: base },
			rest: [{ mode: 'server',
				interaction: [{ code: 'batch' }],
				resource: types.map((type) => ({ type,
					interaction: ['read', 'create', 'update', 'vread',
						'delete', 'search-type'].map((code) =>
						({ code })),
					searchParam: Object.values(
						core.getSearchParameters(type)).map((p) =>
						({ name: p.code, type: p.type })) })) }] };
	}
}
