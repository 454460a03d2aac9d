// Reads unquoted YAML scalars as Helm and the original tool do: through Go's yaml.v2, then JSON, then a template.
// https://github.com/go-yaml/yaml/blob/v2/resolve.go

/** A number together with the text that stood for it. */
export class YamlNumber {
  constructor(
    readonly value: number,
    readonly text: string,
  ) {}
}

export type YamlScalar = string | boolean | null | YamlNumber;

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);
const TRUES = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSES = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** The value of a plain (unquoted) scalar. `1.20` is a number, `2023-07-01` and `12:30` stay text, `on` is true. */
export function resolvePlain(source: string): YamlScalar {
  if (NULLS.has(source)) return null;
  if (TRUES.has(source)) return true;
  if (FALSES.has(source)) return false;
  if (!/^[-+.0-9]/.test(source)) return source;
  const digits = source.replaceAll('_', '');
  const integer = INTEGER.exec(digits);
  if (integer) return new YamlNumber(integerValue(integer), source);
  return FLOAT.test(digits) ? new YamlNumber(Number(digits), source) : source;
}

function integerValue([, sign, hex, binary, octal, decimal]: RegExpExecArray): number {
  const value = hex
    ? parseInt(hex, 16)
    : binary
      ? parseInt(binary, 2)
      : octal
        ? parseInt(octal, 8)
        : Number(decimal);
  return sign === '-' ? -value : value;
}

/**
 * The text that a template prints for a scalar; null for null. Numbers went through float64 (`1.20` prints `1.2`, `007` prints `7`).
 * From 1000000 on Go prints `1e+06`, which is no legal tag, so that no package can hold it: there the source text is taken.
 */
export function scalarText(scalar: YamlScalar): string | null {
  if (scalar === null || typeof scalar === 'string') return scalar;
  if (typeof scalar === 'boolean') return String(scalar);
  const [mantissa = '', exponent = '0'] = scalar.value.toExponential().split('e');
  if (Number(exponent) >= 6) return scalar.text;
  if (Number(exponent) < -4) return `${mantissa}e-${exponent.slice(1).padStart(2, '0')}`;
  return String(scalar.value);
}
