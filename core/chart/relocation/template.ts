// The structure of a hint: which values hold the image's name, the literal text between them, tag and digest.
import { LIMITS } from '../../flow/limits.js';
import type { Hint, HintPiece } from './hints.js';
import type { ValuePath } from '../types.js';

/** A value of the name and the literal text up to the next one. */
export interface Fragment {
  readonly path: ValuePath;
  readonly after: string;
}

export interface Template {
  /** Literal text before the first value, normally empty. */
  readonly head: string;
  /** One: registry and repository in one value. Two: apart. More: the middle ones are taken for literal text. */
  readonly fragments: readonly Fragment[];
  /** What makes up the tag, `:` excluded; null when the hint has none. It never changes. */
  readonly tag: readonly HintPiece[] | null;
  /** The value that holds the digest. */
  readonly digest: ValuePath | null;
}

/** The values of a hint, rendered. */
export interface Rendered {
  /** Fragment by fragment. */
  readonly name: readonly string[];
  readonly text: string;
}

/** The structure of a hint, or null when it has none that could name an image. */
export function parseTemplate(hint: Hint): Template | null {
  const { pieces } = hint;
  if (pieces.length > LIMITS.hintPieces) return null;
  if (
    pieces.some((piece) => ('literal' in piece ? /\{\{|\}\}/.test(piece.literal) : piece.path.includes('')))
  )
    return null;
  const [named, digest] = splitAt(pieces, '@', true);
  const [name, tag] = splitAt(named, ':', false);
  const [first, ...others] = digest ?? [];
  if (digest && (others.length > 0 || !first || 'literal' in first)) return null;
  const head = name[0] && 'literal' in name[0] ? name[0].literal : '';
  const fragments = name.flatMap((piece, i): Fragment[] => {
    if ('literal' in piece) return [];
    const next = name[i + 1];
    return [{ path: piece.path, after: next && 'literal' in next ? next.literal : '' }];
  });
  if (fragments.length === 0) return null;
  return { head, fragments, tag, digest: first && 'path' in first ? first.path : null };
}

/** Cuts at a mark in literal text: at the first one, or at the last one that no `/` follows (a port is no tag). */
function splitAt(
  pieces: readonly HintPiece[],
  mark: string,
  first: boolean,
): [readonly HintPiece[], readonly HintPiece[] | null] {
  const literals = pieces.map((piece) => ('literal' in piece ? piece.literal : ''));
  const has = (text: string): boolean => text.includes(mark);
  const i = first ? literals.findIndex(has) : literals.findLastIndex(has);
  const literal = literals[i];
  if (literal === undefined) return [pieces, null];
  const at = first ? literal.indexOf(mark) : literal.lastIndexOf(mark);
  const rest = literal.slice(at + 1);
  if (!first && [rest, ...literals.slice(i + 1)].some((text) => text.includes('/'))) return [pieces, null];
  return [
    [...pieces.slice(0, i), ...(at > 0 ? [{ literal: literal.slice(0, at) }] : [])],
    [...(rest === '' ? [] : [{ literal: rest }]), ...pieces.slice(i + 1)],
  ];
}

/** The reference as the values write it. `lookup` gives the text of a value or throws. */
export function renderTemplate(template: Template, lookup: (path: ValuePath) => string): Rendered {
  const name = template.fragments.map(({ path }) => lookup(path));
  const body = template.fragments.map(({ after }, i) => `${name[i] ?? ''}${after}`).join('');
  const tag = template.tag
    ?.map((piece) => ('literal' in piece ? piece.literal : lookup(piece.path)))
    .join('');
  const digest = template.digest ? `@${lookup(template.digest)}` : '';
  return { name, text: `${template.head}${body}${tag ? `:${tag}` : ''}${digest}` };
}
