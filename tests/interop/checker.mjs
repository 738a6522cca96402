// SPDX-License-Identifier: Apache-2.0
// Is this resource right? @medplum/core's validateResource, and what it leaves out:
// required bindings (a status "zzz" passes it), empty values, two of one choice.

import { core, profiles, read } from './medplum.mjs';

// ---- value sets ------------------------------------------------------------

const valueSets = new Map(), codeSystems = new Map();

for (const file of ['valuesets', 'v3-codesystems', 'v2-tables'])
	for (const { resource } of read(file).entry)
		(resource.resourceType === 'ValueSet' ? valueSets : codeSystems)
			.set(resource.url, resource);

function conceptCodes(concepts, out) {
	for (const concept of concepts ?? []) {
		out.add(concept.code);
		conceptCodes(concept.concept, out);
	}
	return out;
}

// The codes of one include, or null when they cannot be listed from here (all of
// SNOMED CT, every MIME type).
function includeCodes(include) {
	const out = new Set();

	if (include.filter)
		return null;
	for (const url of include.valueSet ?? []) {
		const codes = codesOf(url);
		if (!codes)
			return null;
		codes.forEach((code) => out.add(code));
	}
	if (include.concept)
		return conceptCodes(include.concept, out);
	if (!include.system)
		return out;
	const system = codeSystems.get(include.system);
	return system?.concept && system.content === 'complete' ?
		conceptCodes(system.concept, out) : null;
}

function codesOf(canonical) {
	const set = valueSets.get(canonical.split('|')[0]);
	const out = new Set();

	for (const include of set?.compose?.include ?? []) {
		const codes = includeCodes(include);
		if (!codes)
			return null;
		codes.forEach((code) => out.add(code));
	}
	return out.size ? out : null;
}

// ---- elements --------------------------------------------------------------

// "Communication.payload" → its definition, for every type and backbone.
const elements = new Map();

for (const bundle of profiles)
	for (const { resource } of bundle.entry)
		if (resource.resourceType === 'StructureDefinition' &&
		    resource.derivation !== 'constraint')
			for (const element of resource.snapshot?.element ?? [])
				elements.set(element.path, element);

const upperFirst = (s) => s[0].toUpperCase() + s.slice(1);

// The definition of a property: by its name, or as one type of a choice.
function elementOf(parent, key) {
	const plain = elements.get(`${parent}.${key}`);

	if (plain)
		return { element: plain, type: plain.type?.[0]?.code };
	for (let at = key.length - 1; at > 0; at--) {
		const choice = elements.get(`${parent}.${key.slice(0, at)}[x]`);
		const type = choice?.type.find((t) =>
			upperFirst(t.code) === key.slice(at));
		if (type)
			return { element: choice, type: type.code };
	}
	return null;
}

function boundCodes(value) {
	if (typeof value === 'string')
		return [value];
	return (value.coding ?? [value]).map((c) => c.code).filter(Boolean);
}

function checkBinding(element, value, path, issues) {
	if (element.binding?.strength !== 'required' || !element.binding.valueSet)
		return;
	const allowed = codesOf(element.binding.valueSet);
	for (const code of allowed ? boundCodes(value) : [])
		if (!allowed.has(code))
			issues.push(`${path}: "${code}" is not of ` +
				element.binding.valueSet);
}

// Where the children of a value of this element are defined.
function childParent(element, type, value) {
	if (element.contentReference)
		return element.contentReference.replace('#', '');
	if (type === 'BackboneElement' || type === 'Element')
		return element.path;
	return type === 'Resource' ? value.resourceType : type;
}

// FHIR knows no empty lists, objects or strings.
function checkEmpty(value, path, issues) {
	if (value === '' || (value !== null && typeof value === 'object' &&
	    Object.keys(value).length === 0))
		issues.push(`${path}: empty`);
}

function checkObject(object, parent, path, issues) {
	const choices = new Set();

	for (const [key, values] of Object.entries(object)) {
		const found = elementOf(parent, key);
		if (!found)
			continue; // resourceType, _sent; strangers are core's affair
		const at = `${path}.${key}`;
		if (found.element.path.endsWith('[x]') &&
		    choices.size === choices.add(found.element.path).size)
			issues.push(`${at}: a second value of one choice`);
		checkEmpty(values, at, issues);
		for (const value of [values].flat()) {
			if (value === null)
				continue;
			checkEmpty(value, at, issues);
			checkBinding(found.element, value, at, issues);
			if (typeof value === 'object')
				checkObject(value, childParent(found.element,
					found.type, value), at, issues);
		}
	}
}

// What is wrong with a resource, in words; [] when nothing is.
export function check(resource) {
	const issues = [];

	try {
		core.validateResource(resource);
	} catch (error) {
		const found = error.outcome?.issue ?? [];
		issues.push(...found.map((i) =>
			`${i.expression ?? ''}: ${i.details?.text ?? i.diagnostics}`));
		if (found.length === 0)
			issues.push(String(error.message ?? error));
	}
	if (typeof resource?.resourceType === 'string')
		checkObject(resource, resource.resourceType,
			resource.resourceType, issues);
	return issues;
}
