// Writing YAML scalars and small flow collections as text, in the style that is there.
import { isScalar, type Scalar } from 'yaml';
import { resolvePlain, YamlNumber } from './scalar.js';
import { isValueMap, type Value } from './values.js';

const PLAIN = /^[A-Za-z0-9](?:[A-Za-z0-9._/@+-]|:(?=[^\s]))*$/;

/** A text as a YAML scalar: plain where that is read back as the same text, else in double quotes. */
export function scalarSource(text: string): string {
  return PLAIN.test(text) && resolvePlain(text) === text ? text : JSON.stringify(text);
}

/** A value on one line, as JSON with the numbers' own text: YAML wherever a value may stand. */
export function flowSource(value: Value): string {
  if (value instanceof YamlNumber) return value.text;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isValueMap(value)) {
    return `{${[...value].map(([key, item]) => `${JSON.stringify(key)}: ${flowSource(item)}`).join(', ')}}`;
  }
  return `[${value.map(flowSource).join(', ')}]`;
}

/** The new source of a scalar: quotes stay, `source` is what stands there now. */
export function restyled(node: Scalar.Parsed, source: string, text: string): string {
  switch (node.type) {
    case 'QUOTE_SINGLE':
      return `'${text.replaceAll("'", "''")}'`;
    case 'QUOTE_DOUBLE':
      return JSON.stringify(text);
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED': {
      // One word needs no block; a comment beside the indicator stays
      const [header = '', ending = ''] = /^[^\r\n]*(\r?\n)?/.exec(source) ?? [];
      const rest = header.slice(0, header.length - ending.length).replace(/^[|>][-+0-9]*/, '');
      return `${scalarSource(text)}${rest}${source.endsWith('\n') ? ending : ''}`;
    }
    default:
      return scalarSource(text);
  }
}

/** True for a value that is null by being absent or written so. */
export function isNullNode(node: unknown): boolean {
  return (
    node === null || (isScalar(node) && node.type === 'PLAIN' && resolvePlain(String(node.source)) === null)
  );
}
