// The texts of the window: the same keys and places in both languages, none missing, none unused.
import { describe, expect, it } from 'vitest';
import en from '../../renderer/i18n/en.json' with { type: 'json' };
import zh from '../../renderer/i18n/zh-CN.json' with { type: 'json' };
import { readSource, sourcesIn } from '../support/source-tree.js';

const english: Readonly<Record<string, string>> = en;
const chinese: Readonly<Record<string, string>> = zh;
const stem = (key: string): string => key.replace(/_(one|other)$/, '');
const stems = (words: Readonly<Record<string, string>>): ReadonlySet<string> =>
  new Set(Object.keys(words).map(stem));
const places = (text: string): readonly string[] =>
  [...text.matchAll(/\{(\w+)[},]/g)].map(([, name]) => name!).sort();
const marks = (text: string): readonly string[] =>
  [...text.matchAll(/<(\/?\w+)>/g)].map(([, name]) => name!).sort();

const sources = sourcesIn('renderer')
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => [path, readSource(path)] as const);
/** Every text in quotes that looks like a key. */
const literals = new Map<string, string>();
for (const [path, source] of sources)
  for (const [, text] of source.matchAll(/['"]([a-z][A-Za-z]*(?:\.[A-Za-z][A-Za-z0-9]*)+)['"]/g))
    literals.set(text!, path);

describe('the words of the window', () => {
  it('are the same keys in both languages', () => {
    expect([...stems(chinese)].sort()).toEqual([...stems(english)].sort());
  });

  it('have both plural forms in English for texts with a number', () => {
    const single = Object.keys(english).filter((key) => key.endsWith('_one'));
    expect(single.filter((key) => !(key.replace(/_one$/, '_other') in english))).toEqual([]);
    const several = Object.keys(english).filter((key) => key.endsWith('_other'));
    expect(several.filter((key) => !(key.replace(/_other$/, '_one') in english))).toEqual([]);
    // Chinese has one form.
    expect(Object.keys(chinese).filter((key) => key.endsWith('_one'))).toEqual([]);
  });

  it('have the same places and marks in both languages', () => {
    const differing = Object.keys(chinese).filter((key) => {
      const [one, other] = [english[key] ?? '', chinese[key] ?? ''];
      return String(places(one)) !== String(places(other)) || String(marks(one)) !== String(marks(other));
    });
    expect(differing).toEqual([]);
  });

  it('are not empty and not in capitals', () => {
    const wrong = [english, chinese].flatMap((words) =>
      Object.entries(words)
        .filter(([, text]) => text.trim() === '' || /[!！]/.test(text))
        .map(([key]) => key),
    );
    expect(wrong).toEqual([]);
  });

  it('are all used', () => {
    expect([...stems(english)].filter((key) => !literals.has(key))).toEqual([]);
  });

  it('exist for every key in the sources', () => {
    const areas = new Set([...stems(english)].map((key) => key.split('.')[0] ?? ''));
    const known = stems(english);
    const missing = [...literals]
      .filter(([text]) => areas.has(text.split('.')[0] ?? '') && !known.has(text) && !isProblemCode(text))
      .map(([text, path]) => `${path}: ${text}`);
    expect(missing).toEqual([]);
  });

  it('are listed with the commas of the language', () => {
    // Fields in which people type lists have one form of their own.
    const typed = ['renderer/screens/targets/platform-fields.tsx', 'renderer/stores/target/target-draft.ts'];
    const fixed = sourcesIn('renderer').filter((path) => /\.join\('[,;] '\)/.test(readSource(path)));
    expect(fixed.filter((path) => path !== 'renderer/format.ts')).toEqual(typed);
  });

  it('are sorted, so that changes of two people rarely conflict', () => {
    expect(Object.keys(english)).toEqual(Object.keys(english).toSorted());
    expect(Object.keys(chinese)).toEqual(Object.keys(chinese).toSorted());
  });
});

/** Codes of the engine (`package.checksum-mismatch`) are no keys of the window. */
function isProblemCode(text: string): boolean {
  const codes = readSource('core/messages/en.json');
  return codes.includes(`"${text}": {`);
}
