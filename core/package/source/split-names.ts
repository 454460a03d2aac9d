// Recognises the parts of a split package by their names, in the forms of split, 7-Zip and of people who number files.

/** Parts that together are one file. */
export interface SplitSet {
  /** Name of the file before it was split. */
  readonly whole: string;
  /** Names of the parts that exist, in order. */
  readonly parts: readonly string[];
  /** Name of the first missing part before an existing one; null when none is missing. */
  readonly missing: string | null;
  /** Name that a further part would have. */
  readonly next: string;
  /**
   * True when the names alone do not show that these are parts: `x.tar.gz.1` may be a second download, `x.part1.tar.gz` an archive
   * of its own. Such files are parts only if the second one does not begin as an archive does.
   */
  readonly isUnsure: boolean;
}

const ARCHIVE = String.raw`\.(?:tar(?:\.(?:gz|xz|zst|bz2|lz4))?|t[gx]z|tzst)`;
const COUNTER = String.raw`(\d{1,5}|[a-z]{2,4}|[0-9a-f]{2,4})`;
/** `x.tar.gz.part-00`, `x.tar.gz.001`, `x.tar.gz.aa`, `x.tar.gzaa`, `x.tar.gz.z01`. */
const BEHIND = new RegExp(`^(.+${ARCHIVE})([-._]?)(part|vol|chunk|split|piece|z|)([-._]?)${COUNTER}$`, 'i');
/** `x.part01`, `x-part-aa`. */
const NAMED = new RegExp(`^(.+?)([-._ ])(part)([-._]?)${COUNTER}$`, 'i');
/** `x.part1.tar.gz`. */
const BEFORE = new RegExp(`^(.+?)([-._ ])(part)([-._]?)(\\d{1,4})(${ARCHIVE})$`, 'i');

interface PartName {
  readonly name: string;
  readonly whole: string;
  /** The text before and after the number. */
  readonly head: string;
  readonly tail: string;
  readonly counter: string;
  /** True when a word such as `part` in the name says so. */
  readonly isWorded: boolean;
}

/** The sets of parts among the names of one folder. A single part counts when its name is clear. */
export function splitSets(names: readonly string[]): readonly SplitSet[] {
  const groups = new Map<string, PartName[]>();
  for (const name of names) {
    const part = parsePart(name);
    if (part === null) continue;
    const key = `${part.head}\n${part.tail}`;
    const group = groups.get(key) ?? [];
    group.push(part);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap((group) => {
    const isHex = group.some(({ counter }) => /\d/.test(counter) && /[a-f]/i.test(counter));
    const kinds = isHex ? [/^[\da-f]+$/i] : [/^\d+$/, /^[a-z]+$/i];
    return kinds.flatMap((kind) => {
      const set = setOf(
        group.filter(({ counter }) => kind.test(counter)),
        isHex,
      );
      return set === null ? [] : [set];
    });
  });
}

/** The set to which the file `name` belongs; null when it is no part. */
export function splitSetOf(name: string, names: readonly string[]): SplitSet | null {
  return parsePart(name) && (splitSets(names).find(({ parts }) => parts.includes(name)) ?? null);
}

function parsePart(name: string): PartName | null {
  const match = BEFORE.exec(name) ?? BEHIND.exec(name) ?? NAMED.exec(name);
  if (match === null) return null;
  const [, stem = '', first = '', word = '', second = '', counter = '', tail = ''] = match;
  const head = stem + first + word + second;
  // `.partial` is no part, and `.z` is one with digits only.
  const isWorded =
    word !== '' && (/\d/.test(counter) || (word !== 'z' && (second !== '' || counter.length === 2)));
  return { name, whole: stem + tail, head, tail, counter, isWorded };
}

function setOf(group: readonly PartName[], isHex: boolean): SplitSet | null {
  const [any] = group;
  if (!any) return null;
  const { whole, head, tail } = any;
  const nameOf = (counter: string): string => head + counter + tail;
  const digits = isHex
    ? '0123456789abcdef'
    : /^\d/.test(any.counter)
      ? '0123456789'
      : 'abcdefghijklmnopqrstuvwxyz';
  const byCounter = new Map(group.map((part) => [part.counter.toLowerCase(), part.name]));
  const width = Math.min(...group.map(({ counter }) => counter.length));
  const isWorded = group.every((part) => part.isWorded);
  const isLetters = digits.startsWith('a');
  // `x.tar.gz.001` is clear; `x.tar.gz.1` may be a second download, and `x.tar.gz.2024` a date.
  const isSure = isWorded || (!isLetters && (width === 2 || width === 3));
  const zero = (digits[0] ?? '').repeat(width);
  const one = zero.slice(1) + (digits[1] ?? '');
  const start = [zero, ...(isLetters ? [] : [one])].find((counter) => byCounter.has(counter));
  if (start === undefined) {
    // split counts from 0; 7-Zip and numbers without leading zeros count from 1.
    const first = nameOf(isLetters || width === 2 ? zero : one);
    const parts = group.map(({ name }) => name).sort();
    return isSure && tail === '' ? { whole, parts, missing: first, next: first, isUnsure: false } : null;
  }
  const parts: string[] = [];
  let counter = start;
  for (let name = byCounter.get(counter); name !== undefined; name = byCounter.get(counter)) {
    parts.push(name);
    counter = following(counter, digits, byCounter);
  }
  const isGap = parts.length < group.length && isSure;
  if (parts.length === 1 && !isSure) return null;
  const rest = isGap ? group.map(({ name }) => name).filter((name) => !parts.includes(name)) : [];
  return {
    whole,
    parts: [...parts, ...rest],
    missing: isGap ? nameOf(counter) : null,
    next: nameOf(counter),
    isUnsure: tail !== '' || (!isWorded && !isLetters && width === 1),
  };
}

/**
 * The number after this one. split makes its suffixes longer before it runs out of them: `89` is followed by `9000`, `yz` by
 * `zaaa`. https://www.gnu.org/software/coreutils/manual/html_node/split-invocation.html
 */
function following(counter: string, digits: string, present: ReadonlyMap<string, string>): string {
  const zero = digits[0] ?? '';
  const last = digits.at(-1) ?? '';
  const symbols = Array.from(counter);
  let at = symbols.length - 1;
  for (; at >= 0 && symbols[at] === last; at--) symbols[at] = zero;
  if (at < 0) return (digits[1] ?? '') + symbols.join('');
  symbols[at] = digits[digits.indexOf(symbols[at] ?? '') + 1] ?? '';
  const next = symbols.join('');
  const longer = last + zero.repeat(counter.length + 1);
  return next === last + zero.repeat(counter.length - 1) && !present.has(next) && present.has(longer)
    ? longer
    : next;
}
