// YAML as Helm reads it: numbers, merges, cut-off texts, and texts made to exhaust the reader.
import { describe, expect, it } from 'vitest';
import { resolvePlain, scalarText, YamlNumber } from '../../../core/chart/yaml/scalar.js';
import { readYaml, textAt, valueAt, YamlFault } from '../../../core/chart/yaml/values.js';

describe('plain scalars print as Helm prints them', () => {
  it.each([
    ['1.20', '1.2'],
    ['1.0', '1'],
    ['007', '7'],
    ['08', '8'],
    ['0o17', '15'],
    ['017', '15'],
    ['0x10', '16'],
    ['0b101', '5'],
    ['1_000', '1000'],
    ['-012', '-10'],
    ['+12', '12'],
    ['1e3', '1000'],
    ['.5', '0.5'],
    ['0.00001', '1e-05'],
    ['999999', '999999'],
    ['999999.5', '999999.5'],
    // Go prints 1e+06 and so on, which is no legal tag
    ['1000000', '1000000'],
    ['20240101', '20240101'],
    ['on', 'true'],
    ['N', 'false'],
    ['2023-07-01', '2023-07-01'],
    ['12:30:45', '12:30:45'],
    ['1.2.3', '1.2.3'],
    ['v1', 'v1'],
    ['-', '-'],
  ])('%s: %s', (source, text) => {
    expect(scalarText(resolvePlain(source))).toBe(text);
  });

  it.each(['', '~', 'null', 'Null'])('%s is null', (source) => {
    expect(resolvePlain(source)).toBeNull();
  });
});

describe('reading', () => {
  it('quoted and tagged texts stay texts, keys become texts', () => {
    const { data } = readYaml('a: "1.20"\nb: \'on\'\nc: !!str 1.20\n1.0: x\n');
    expect(['a', 'b', 'c', '1'].map((key) => textAt(data, [key]))).toEqual(['1.20', 'on', '1.20', 'x']);
    expect(valueAt(readYaml('a: 1').data, ['a'])).toEqual(new YamlNumber(1, '1'));
  });

  it('applies merge keys in the order of the text; of several bases the first wins', () => {
    const { data } = readYaml(
      'x: &x {k: 1, l: 1}\ny: &y {k: 2, m: 2}\na: {<<: [*x, *y], m: 3}\nb: {k: 9, <<: *y}\n',
    );
    expect(['k', 'l', 'm'].map((key) => textAt(data, ['a', key]))).toEqual(['1', '1', '3']);
    // Helm reads it so, against the YAML specification
    expect(textAt(data, ['b', 'k'])).toBe('2');
  });

  it('a block scalar at the end of a text without a final newline has none', () => {
    expect(textAt(readYaml('a: |\n  x').data, ['a'])).toBe('x');
    expect(textAt(readYaml('a: |\n  x\n').data, ['a'])).toBe('x\n');
  });

  it('errors have line and column', () => {
    expect(() => readYaml('a: 1\nb: "x\n')).toThrow(YamlFault);
    expect(() => readYaml('a: *b\n')).toThrow(YamlFault);
    try {
      readYaml('a: [1\nb: 2\n');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ line: 2 });
    }
  });

  it('refuses texts with exploding aliases or very deep nesting', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}1]`);
    expect(() => readYaml(`a0: &a0 [1]\n${lines.join('\n')}\n`)).toThrow('too large');
    expect(() => readYaml(`a: ${'['.repeat(200_000)}`)).toThrow(YamlFault);
  });
});
