// JSON of other programs.
import { expect, it } from 'vitest';
import { parseJson } from '../../core/content/json-text.js';

it.each([
  ['{"a":null}', { a: null }],
  ['\uFEFF[1]', [1]],
  ['', undefined],
  ['<html>', undefined],
  ['{"a":1}{"b":2}', undefined],
])('reads %j', (text, value) => {
  expect(parseJson(text)).toEqual(value);
});
