// What reaches a terminal, a page or a log is made harmless in one place.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../../cli/display/progress/json.js';
import { textFor } from '../../core/messages/catalog.js';
import { printable, printableJson, printableLines } from '../../core/messages/printable.js';
import { escapeHtml } from '../../core/report/render/page.js';
import { readSource, sourcesIn } from '../support/source-tree.js';

/** One of each kind that must not get through. */
const HARMFUL = [
  ...['\u0000', '\u0007', '\u0008', '\u000d', '\u001b', '\u007f', '\u0084', '\u0090', '\u009b', '\u009d'],
  ...['\u061c', '\u200e', '\u200f', '\u2028', '\u2029', '\u202a', '\u202e', '\u2066', '\u2069'],
  ...['\u2060', '\u206f', '\ufff9', '\uffff', '\u{e0001}', '\u{e007f}'],
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HARMFUL, '\n', '\t', '<', '"', '界', '\u200d'), fc.string()))
  .map((parts) => parts.join(''));
const isClean = (text: string): boolean => HARMFUL.every((one) => !text.includes(one));

describe('text from elsewhere', () => {
  it('has no character that a terminal or a page would obey', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = printable(text);
        expect(isClean(line)).toBe(true);
        expect(/[\n\t]/.test(line)).toBe(false);
        expect(printable(line)).toBe(line);
        expect(printableLines(text).replaceAll(/[\n\t]/g, '\ufffd')).toBe(line);
        expect(isClean(escapeHtml(text))).toBe(true);
        expect(isClean(textFor('audit.cause', { message: text }, 'en'))).toBe(true);
      }),
    );
  });

  it('keeps its characters and its length where nothing is harmful', () => {
    for (const text of ['镜像 nginx:1.27', 'Größe – 3 GB', '👩‍💻', 'a\u00a0b', 'e\u0301'])
      expect(printable(text)).toBe(text);
    expect(printable('a\u001b[31mb\u{e0001}')).toBe('a\ufffd[31mb\ufffd');
  });

  it('is the same value in JSON for a terminal, without such a character', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = jsonText({ [text]: [text] });
        expect(JSON.parse(json)).toEqual({ [text]: [text] });
        expect(isClean(json)).toBe(true);
        expect(printableJson(json)).toBe(json);
      }),
    );
  });
});

describe('the sources', () => {
  it('hold no second list of such characters', () => {
    const lists = /\\u(?:061c|200[ef]|202[a-e]|206[0-9a-f]|\{e00)|\\u007f-\\u009f|\\x1b|\\x9b/i;
    const found = sourcesIn('core', 'cli', 'web', 'renderer', 'electron').filter((path) =>
      lists.test(readSource(path)),
    );
    expect(found).toEqual(['core/messages/printable.ts']);
  });
});
