// Reads YAML configuration files into typed values. Errors name file, line and column, never a value, which may be a
// password.
import { isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { z } from 'zod';
import { countMarks } from '../package/bytes/yaml-documents.js';
import { AppError } from '../errors.js';

/** A parsed file: scalars are text as written (`1.20` stays `1.20`), only null is null. */
export interface YamlFile {
  readonly name: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** A decoded value, and one note for each unknown key. */
export interface Decoded<T> {
  readonly value: T;
  readonly notes: readonly AppError[];
}

/** Unknown keys that are told; nobody reads more. */
const MOST_NOTES = 100;

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Reads one YAML document. Throws `config.yaml-unreadable` (also for repeated keys, unknown tags and aliases). */
export function readYaml(text: string, fileName: string): YamlFile {
  const lines = new LineCounter();
  const tooLarge = countMarks(text) === null;
  const document = parseDocument(tooLarge ? '' : text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    prettyErrors: false, // they quote the file
    logLevel: 'silent',
    // the library compares each key with all others; repeated ones are found below
    uniqueKeys: false,
    schema: 'failsafe',
    customTags: (tags) => [...tags, 'null'],
  });
  const file = { name: fileName, document, lines };
  if (tooLarge) throw unreadable(file, 0, 'too large');
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw unreadable(file, problem.pos[0], wordsOf(problem.code));
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const text = isScalar(key) ? String(key.value) : null;
        if (text !== null && seen.has(text) && isNode(key))
          throw unreadable(file, key.range?.[0] ?? 0, wordsOf('DUPLICATE_KEY'));
        if (text !== null) seen.add(text);
      }
    },
    Alias(_, alias) {
      if (!alias.resolve(document)) throw unreadable(file, alias.range?.[0] ?? 0, 'unknown alias');
    },
  });
  return file;
}

/** The file's value as plain data. */
export function valueOf(file: YamlFile): unknown {
  try {
    const value: unknown = file.document.toJS({ maxAliasCount: 100 });
    return value;
  } catch (cause) {
    throw unreadable(file, 0, 'too many aliases', cause);
  }
}

/**
 * The file's value as the schema describes it. Objects of the schema must be strict, so that unknown keys are found; these are
 * left out and become notes. Throws `config.bad-value` at the first value of the wrong kind.
 */
export function decodeYaml<T>(file: YamlFile, schema: z.ZodType<T>): Decoded<T> {
  const value = valueOf(file);
  const notes: AppError[] = [];
  for (;;) {
    const parsed = schema.safeParse(value);
    if (parsed.success) return { value: parsed.data, notes };
    const unknown = parsed.error.issues.filter((issue) => issue.code === 'unrecognized_keys');
    const [wrong] = parsed.error.issues.filter((issue) => issue.code !== 'unrecognized_keys');
    if (wrong) throw badValue(file, wrong.path, wrong.message);
    for (const { path, keys } of unknown) {
      for (const key of keys) {
        removeKey(value, path, key);
        if (notes.length >= MOST_NOTES) continue;
        notes.push(
          new AppError('config.unknown-key', {
            origin: 'config',
            params: { ...placeOf(file, [...path, key]), key: [...path, key].join('.') },
          }),
        );
      }
    }
  }
}

/** The error for the value at a path, for rules that the schema does not express. */
export function badValue(file: YamlFile, path: readonly PropertyKey[], detail: string): AppError {
  const key = path.map(String).join('.') || '.';
  return new AppError('config.bad-value', {
    origin: 'config',
    params: { ...placeOf(file, path), key, detail },
  });
}

/** Where the key or value at a path stands; the nearest one above it when it is missing. */
export function placeOf(
  file: YamlFile,
  path: readonly PropertyKey[],
): Place & Readonly<Record<string, string | number>> {
  for (let length = path.length; length >= 0; length--) {
    const offset = offsetOf(file.document, path.slice(0, length));
    if (offset !== null) return placeAt(file, offset);
  }
  return placeAt(file, 0);
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number | null {
  const key = path.at(-1);
  const parent: unknown = path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (key !== undefined && isMap(parent)) {
    const pair = parent.items.find((item) => isNode(item.key) && String(item.key) === String(key));
    return pair && isNode(pair.key) ? (pair.key.range?.[0] ?? null) : null;
  }
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

function placeAt(
  { name, lines }: YamlFile,
  offset: number,
): Place & Readonly<Record<string, string | number>> {
  const { line, col } = lines.linePos(offset);
  return { file: name, line: Math.max(line, 1), column: Math.max(col, 1) };
}

function unreadable(file: YamlFile, offset: number, detail: string, cause?: unknown): AppError {
  return new AppError('config.yaml-unreadable', {
    origin: 'config',
    params: { ...placeAt(file, offset), detail },
    cause,
  });
}

/** The parser's codes as words; its messages may quote the file. */
function wordsOf(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}

function removeKey(value: unknown, path: readonly PropertyKey[], key: string): void {
  let at: unknown = value;
  for (const step of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined;
  if (typeof at === 'object' && at !== null) Reflect.deleteProperty(at, key);
}
