// Writes YAML scalars and small flow collections as text, in the style of the scalar that they replace.
import { isScalar, type Scalar } from 'yaml';
import { resolvePlain, YamlNumber } from './scalar.js';
import { isValueMap, type Value } from './values.js';

const PLAIN = /^[A-Za-z0-9](?:[A-Za-z0-9._/@+-]|:(?=[^\s]))*$/;

/** A text as a YAML scalar: without quotes where that is read back as the same text, else in double quotes. */
export function scalarSource(text: string): string {
  return PLAIN.test(text) && resolvePlain(text) === text ? text : JSON.stringify(text);
}

/** A value on one line, as JSON with numbers as they were written. This is valid YAML in every place of a value. */
export function flowSource(value: Value): string {
  if (value instanceof YamlNumber) return value.text;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isValueMap(value)) {
    return `{${[...value].map(([key, item]) => `${JSON.stringify(key)}: ${flowSource(item)}`).join(', ')}}`;
  }
  return `[${value.map(flowSource).join(', ')}]`;
}

/** The new source of a scalar. `source` is the present one, whose quotes are kept. */
export function restyled(node: Scalar.Parsed, source: string, text: string): string {
  switch (node.type) {
    case 'QUOTE_SINGLE':
      return `'${text.replaceAll("'", "''")}'`;
    case 'QUOTE_DOUBLE':
      return JSON.stringify(text);
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED': {
      // An image name fits on one line, so the block becomes a plain scalar; a comment beside its indicator is kept
      const [header = '', ending = ''] = /^[^\r\n]*(\r?\n)?/.exec(source) ?? [];
      const rest = header.slice(0, header.length - ending.length).replace(/^[|>][-+0-9]*/, '');
      return `${scalarSource(text)}${rest}${source.endsWith('\n') ? ending : ''}`;
    }
    default:
      return scalarSource(text);
  }
}

/** True for a missing value and for a plain null. */
export function isNullNode(node: unknown): boolean {
  return (
    node === null || (isScalar(node) && node.type === 'PLAIN' && resolvePlain(String(node.source)) === null)
  );
}
