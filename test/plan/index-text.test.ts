// Cutting and joining the text of an index without touching what is not exchanged.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutIndex, joinIndex } from '../../core/plan/index-text.js';

describe('index text', () => {
  it('comes back byte for byte when nothing is exchanged', () => {
    const entry = fc.jsonValue().map((value) => ({ value }));
    const indent = fc.constantFrom('', ' ', '   ', '\t');
    const sample = fc.tuple(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.array(entry, { minLength: 1 }),
      indent,
    );
    fc.assert(
      fc.property(sample, ([others, manifests, space]) => {
        const bytes = Buffer.from(JSON.stringify({ a: others, manifests, z: others }, null, space));
        const cut = cutIndex(bytes);
        expect(
          cut.entries.map(({ text }) => JSON.parse(Buffer.from(text, 'latin1').toString()) as unknown),
        ).toEqual(JSON.parse(JSON.stringify(manifests)));
        expect(joinIndex(cut, cut.entries)).toEqual(bytes);
      }),
    );
  });

  it('sees the key at the top only, however it is escaped, and braces in strings not at all', () => {
    const text =
      '{"x":{"manifests":[9]},"s":"\\"]}{[","manifest\\u0073" : [ {"a":"}"} ,\n{"b":[]} ] , "t":1.50e3}';
    const cut = cutIndex(Buffer.from(text));
    expect(cut.entries.map((entry) => entry.text)).toEqual(['{"a":"}"}', '{"b":[]}']);
    expect(joinIndex(cut, cut.entries).toString()).toBe(text);
    expect(joinIndex(cut, cut.entries.slice(1)).toString()).toBe(text.replace('{"a":"}"} ,\n', ''));
  });

  it.each([
    ['{"schemaVersion":2}', '{"schemaVersion":2,"manifests":[1,2]}'],
    ['{"manifests":null,"x":0}', '{"manifests":[1,2],"x":0}'],
    ['{"manifests":[ ],"x":0}', '{"manifests":[1,2],"x":0}'],
    ['{\n  "x": 0\n}', '{\n  "x": 0,\n  "manifests": [\n    1,\n    2\n  ]\n}'],
    ['{\r\n\t"manifests": []\r\n}', '{\r\n\t"manifests": [\r\n\t\t1,\r\n\t\t2\r\n\t]\r\n}'],
  ])('makes a place in %j', (before, after) => {
    const cut = cutIndex(Buffer.from(before));
    expect(joinIndex(cut, [{ text: '1' }, { text: '2' }]).toString()).toBe(after);
  });
});
