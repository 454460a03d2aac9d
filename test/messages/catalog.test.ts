// The message catalogs: both languages have the same keys and places, and every code has a text and is used.
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nodesOf, readSource, sourcesIn } from '../support/source-tree.js';

const Catalog = z.strictObject({
  problems: z.record(z.string(), z.strictObject({ message: z.string(), hint: z.string() })),
  texts: z.record(z.string(), z.string()),
});
const load = (language: string) => Catalog.parse(JSON.parse(readSource(`core/messages/${language}.json`)));
const en = load('en');
const zh = load('zh-CN');

/** Every text of a catalog by its path: `problems.x.hint`, `texts.y`. */
function textsOf(catalog: z.infer<typeof Catalog>): ReadonlyMap<string, string> {
  const problems = Object.entries(catalog.problems).flatMap(
    ([code, { message, hint }]): [string, string][] => [
      [`problems ${code} message`, message],
      [`problems ${code} hint`, hint],
    ],
  );
  const texts = Object.entries(catalog.texts).map(([key, text]): [string, string] => [`texts ${key}`, text]);
  return new Map([...problems, ...texts]);
}

/** Names of the `{places}` in a text, each once, sorted. */
function placesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].sort();
}
const english = textsOf(en);
const chinese = textsOf(zh);

describe('the catalogs', () => {
  it('have the same keys', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('have the same {places} in each text', () => {
    const wrong = [...english].filter(([key, text]) => {
      const other = chinese.get(key);
      return other !== undefined && placesIn(text).join() !== placesIn(other).join();
    });
    expect(wrong).toEqual([]);
  });

  it('say something in each text, a hint included', () => {
    const empty = [...english, ...chinese].filter(([, text]) => text.trim() === '').map(([key]) => key);
    expect(empty).toEqual([]);
  });

  it('speak Chinese in zh-CN', () => {
    const foreign = [...chinese].filter(([key, text]) => {
      const isProse = /\p{Letter}{2,}\s+\p{Letter}{2,}/u.test(
        (english.get(key) ?? '').replace(/\{\w+\}/g, ''),
      );
      return isProse && !/\p{Script=Han}/u.test(text);
    });
    expect(foreign).toEqual([]);
  });
});

/** `new AppError('code', {params: {a, b}})` as it stands in a source; `params` null where they are not written out there. */
interface Thrown {
  readonly place: string;
  readonly code: string;
  readonly params: readonly string[] | null;
}

function thrownIn(path: string): readonly Thrown[] {
  return [...nodesOf(path)].flatMap((node): Thrown[] => {
    if (!ts.isNewExpression(node) || node.expression.getText() !== 'AppError') return [];
    const [code, options] = node.arguments ?? [];
    if (code === undefined || !ts.isStringLiteralLike(code)) return [];
    return [{ place: path, code: code.text, params: options === undefined ? [] : paramsOf(options) }];
  });
}

function paramsOf(options: ts.Expression): readonly string[] | null {
  if (!ts.isObjectLiteralExpression(options) || options.properties.some(ts.isSpreadAssignment)) return null;
  const property = options.properties.find((entry) => entry.name?.getText() === 'params');
  if (property === undefined) return [];
  if (!ts.isPropertyAssignment(property) || !ts.isObjectLiteralExpression(property.initializer)) return null;
  const { properties } = property.initializer;
  if (properties.some(ts.isSpreadAssignment)) return null;
  return properties.map((entry) => entry.name?.getText() ?? '');
}

describe('problems', () => {
  const sources = sourcesIn('core', 'cli', 'electron', 'web');
  const thrown = sources.flatMap(thrownIn);

  it('that are thrown have words', () => {
    expect(thrown.length).toBeGreaterThan(0);
    const wordless = thrown.filter(({ code }) => !Object.hasOwn(en.problems, code));
    expect(wordless.map(({ place, code }) => `${place}: ${code}`)).toEqual([]);
  });

  it('get a value for each {place} of their words', () => {
    const wrong = thrown.flatMap(({ place, code, params }) => {
      const words = en.problems[code];
      if (words === undefined || params === null) return [];
      const missing = placesIn(words.message + words.hint).filter((name) => !params.includes(name));
      return missing.map((name) => `${place}: ${code} needs {${name}}`);
    });
    expect(wrong).toEqual([]);
  });

  it('in the catalog are used somewhere', () => {
    const literals = new Set(
      sources.flatMap((path) => [...nodesOf(path)].filter(ts.isStringLiteralLike).map(({ text }) => text)),
    );
    expect(Object.keys(en.problems).filter((code) => !literals.has(code))).toEqual([]);
  });
});
