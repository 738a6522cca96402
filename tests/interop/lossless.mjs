// SPDX-License-Identifier: Apache-2.0
// JSON whose numbers stay the text they came as. JavaScript reads 0.10 as 0.1, so
// what a number's text was is kept beside the values, by the place it stood at.

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;

// A number as an object that JSON.parse can carry: {"\u0000n": "0.10"}.
const TAG = '\u0000n';

function tagged(text) {
	let out = '', at = 0;

	while (at < text.length) {
		STRING.lastIndex = NUMBER.lastIndex = at;
		const hit = STRING.exec(text);
		const number = hit ? null : NUMBER.exec(text);

		if (hit)
			out += hit[0];
		else if (number)
			out += `{${JSON.stringify(TAG)}:"${number[0]}"}`;
		else
			out += text[at];
		at += hit ? hit[0].length : number ? number[0].length : 1;
	}
	return out;
}

function untag(value, path, numbers) {
	if (value === null || typeof value !== 'object')
		return value;
	if (typeof value[TAG] === 'string') {
		numbers.set(path, value[TAG]);
		return Number(value[TAG]);
	}
	if (Array.isArray(value))
		return value.map((v, i) => untag(v, `${path}/${i}`, numbers));
	return Object.fromEntries(Object.entries(value).map(
		([key, v]) => [key, untag(v, `${path}/${key}`, numbers)]));
}

// The value, and the text of each number by its path ("/valueQuantity/value").
export function parse(text) {
	JSON.parse(text); // what is no JSON throws here, in its own words
	const numbers = new Map();
	return { value: untag(JSON.parse(tagged(text)), '', numbers), numbers };
}

// Numbers whose path and value are known come out as the text they were.
export function stringify(value, numbers, path = '') {
	if (typeof value === 'number') {
		const text = numbers?.get(path);
		return text !== undefined && Number(text) === value ? text :
			JSON.stringify(value);
	}
	if (value === null || typeof value !== 'object')
		return JSON.stringify(value);
	if (Array.isArray(value))
		return '[' + value.map((v, i) =>
			stringify(v, numbers, `${path}/${i}`)).join(',') + ']';
	return '{' + Object.entries(value)
		.filter(([, v]) => v !== undefined)
		.map(([key, v]) => JSON.stringify(key) + ':' +
			stringify(v, numbers, `${path}/${key}`))
		.join(',') + '}';
}

// Every leaf by its path, a number as its text: two documents with equal leaves
// are the same document.
export function leaves(text) {
	const { value, numbers } = parse(text);
	const out = new Map();
	const walk = (v, path) => {
		if (v !== null && typeof v === 'object' && Object.keys(v).length)
			Object.entries(v).forEach(([k, w]) => walk(w, `${path}/${k}`));
		else
			out.set(path, numbers.get(path) ?? JSON.stringify(v));
	};
	walk(value, '');
	return out;
}
