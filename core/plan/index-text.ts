// The text of an index of another tool, cut at the entries of `manifests`, so that entries can be replaced while all other bytes
// stay: number formats, escapes, repeated keys and white space would be lost if the JSON was read and written again.
import { descriptorToJson, type Descriptor } from '../content/descriptor.js';

/** One entry of `manifests` as its text, and the text before it (the comma and white space; unset for a new entry). */
export interface EntryText {
  readonly text: string;
  readonly gap?: string;
}

/** All text is latin1: one character is one byte, whatever the encoding of the strings inside. */
export interface IndexText {
  readonly head: string;
  /** What stands before the first entry. */
  readonly lead: string;
  readonly entries: readonly EntryText[];
  readonly tail: string;
}

/** Cuts the bytes of an index, which must be valid JSON. */
export function cutIndex(bytes: Buffer): IndexText {
  const text = bytes.toString('latin1');
  const array = findManifests(text);
  if (!array) return withoutEntries(text);
  if (text[array.start] !== '[') return emptyArray(text, text.slice(0, array.start), text.slice(array.end));
  const entries: EntryText[] = [];
  let end = array.start + 1;
  let at = skipSpace(text, end);
  const lead = text.slice(end, at);
  while (text[at] !== ']') {
    const stop = skipValue(text, at);
    entries.push({ text: text.slice(at, stop), gap: text.slice(end, at) });
    end = stop;
    at = skipSpace(text, stop);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  if (entries.length === 0) return emptyArray(text, text.slice(0, array.start), text.slice(array.end));
  return { head: text.slice(0, array.start + 1), lead, entries, tail: text.slice(end) };
}

/** The bytes of an index with these entries; texts of old entries are used as they were. */
export function joinIndex(cut: IndexText, entries: readonly EntryText[]): Buffer {
  const usual = cut.entries[1]?.gap ?? `,${cut.lead}`;
  const body = entries.map(({ text, gap }, i) => {
    if (i === 0) return cut.lead + text;
    return (gap?.includes(',') ? gap : usual) + text;
  });
  return Buffer.from(cut.head + body.join('') + cut.tail, 'latin1');
}

/**
 * The text of a new entry, indented like the other entries. If it replaces `old`, its fields have the order of the old ones; further
 * fields of `old` are dropped, because they described another image.
 */
export function entryText(cut: IndexText, descriptor: Descriptor, old: Descriptor | null = null): string {
  const order = Object.keys(old?.raw ?? {});
  const rank = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
  const fields = Object.entries(descriptorToJson(descriptor)).sort(([a], [b]) => rank(a) - rank(b));
  const newline = /\r?\n/.exec(cut.lead)?.[0];
  const unit = /^\s*\{\s*\n([ \t]+)/.exec(cut.head)?.[1] ?? '';
  const json = JSON.stringify(Object.fromEntries(fields), null, newline === undefined ? '' : unit);
  const indent = cut.lead.slice(cut.lead.lastIndexOf('\n') + 1);
  const text = newline === undefined ? json : json.replaceAll('\n', newline + indent);
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Where the value of the top-level key `manifests` lies; of repeated keys the last one counts, as for JSON.parse. */
function findManifests(text: string): { readonly start: number; readonly end: number } | null {
  let found: { start: number; end: number } | null = null;
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  while (text[at] === '"') {
    const keyEnd = skipValue(text, at);
    const isWanted = JSON.parse(text.slice(at, keyEnd)) === 'manifests';
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = skipValue(text, start);
    if (isWanted) found = { start, end };
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return found;
}

/** For an index without the key `manifests`, which some Go programs leave out for an empty list. */
function withoutEntries(text: string): IndexText {
  const brace = text.lastIndexOf('}');
  const end = text.slice(0, brace).trimEnd().length;
  const first = /^\s*\{(\s*)/.exec(text)?.[1] ?? '';
  return emptyArray(
    text,
    `${text.slice(0, end)},${first}"manifests":${first === '' ? '' : ' '}`,
    text.slice(end),
  );
}

/** For an index without entries (`[]`, null, or no key): text before and after the entries to come. */
function emptyArray(text: string, before: string, after: string): IndexText {
  const first = /^\s*\{(\r?\n)([ \t]+)/.exec(text);
  const [, newline = '', unit = ''] = first ?? [];
  return { head: `${before}[`, lead: newline + unit + unit, entries: [], tail: `${newline}${unit}]${after}` };
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (i < text.length && ' \t\r\n'.includes(text.charAt(i))) i++;
  return i;
}

/** The position after the value that begins here. */
function skipValue(text: string, at: number): number {
  let depth = 0;
  let i = at;
  do {
    const char = text.charAt(i);
    if (char === '{' || char === '[') depth++;
    if (char === '}' || char === ']') depth--;
    if (char === '"') i = skipString(text, i);
    else if (depth > 0 || char === '}' || char === ']') i++;
    else i = skipWord(text, i);
  } while (depth > 0 && i < text.length);
  return i;
}

/** Numbers, true, false and null. */
function skipWord(text: string, at: number): number {
  let i = at;
  while (i < text.length && !',]} \t\r\n'.includes(text.charAt(i))) i++;
  return i;
}

function skipString(text: string, at: number): number {
  let i = at + 1;
  while (i < text.length && text.charAt(i) !== '"') i += text.charAt(i) === '\\' ? 2 : 1;
  return i + 1;
}
