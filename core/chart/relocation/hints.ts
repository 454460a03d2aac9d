// Hints: the file `.relok8s-images.yaml` that says which values of a chart name images.
// https://github.com/vmware-tanzu/asset-relocation-tool-for-kubernetes#image-hints-file
import { AppError } from '../../errors.js';
import { LIMITS } from '../../flow/limits.js';
import type { PassBudget } from '../../flow/pass-budget.js';
import type { ValuePath } from '../types.js';
import { decodeText } from '../yaml/encoding.js';
import { isValueList, readYaml, YamlFault, type Value } from '../yaml/values.js';

/** A stretch of a hint: literal text, or the place of a value. */
export type HintPiece = { readonly literal: string } | { readonly path: ValuePath };

/** One line of the file, `{{ .image.registry }}/{{ .image.repository }}:{{ .image.tag }}`. */
export interface Hint {
  readonly text: string;
  readonly pieces: readonly HintPiece[];
}

const PLACEHOLDER = /\{\{\s*\.?([^{}\s]+)\s*\}\}/g;

/**
 * Reads the hints file. Empty, comments only and `[]` give none. `{{ a.b }}` without the first dot is accepted. Throws
 * chart.hints-unreadable (origin `package`) when it is not a list of texts.
 */
export function parseHints(bytes: Buffer, budget?: PassBudget): readonly Hint[] {
  const text = decodeText(bytes);
  if (text === null) throw unreadable('neither UTF-8 nor UTF-16');
  let data: Value;
  try {
    data = readYaml(text, budget).data;
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    throw unreadable(`${error.message} (${error.line}:${error.column})`, error);
  }
  if (data === null) return [];
  if (!isValueList(data)) throw unreadable('not a list');
  if (data.length > LIMITS.hints) throw unreadable(`more than ${LIMITS.hints} entries`);
  return data.map((item) => {
    if (typeof item !== 'string') throw unreadable('an entry is no text');
    return { text: item, pieces: piecesOf(item) };
  });
}

function unreadable(detail: string, cause?: unknown): AppError {
  return new AppError('chart.hints-unreadable', { origin: 'package', params: { detail }, cause });
}

function piecesOf(text: string): HintPiece[] {
  const pieces: HintPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > end) pieces.push({ literal: text.slice(end, match.index) });
    pieces.push({ path: (match[1] ?? '').split('.') });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ literal: text.slice(end) });
  return pieces;
}
