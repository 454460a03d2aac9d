// Fields that are absent, in the ways in which JSON of other programs says so.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { optional, optionalTexts } from '../../core/content/absent.js';

const schema = z.looseObject({
  variant: optional(z.string()),
  features: optional(z.array(z.string())),
  annotations: optionalTexts,
});

describe('an optional field', () => {
  it.each([[{}], [{ variant: null, features: null, annotations: null }]])('of %j is absent', (value) => {
    const { variant, features, annotations } = schema.parse(value);
    expect([variant, features, annotations]).toEqual([undefined, undefined, undefined]);
  });

  it('is read where it is there', () => {
    const value = { variant: 'v7', features: [], annotations: { a: '' } };
    expect(schema.parse(value)).toEqual(value);
  });

  it.each([{ variant: 7 }, { features: 'x' }, { features: [1] }, { annotations: { a: 1 } }])(
    'of another kind is refused: %j',
    (value) => {
      expect(schema.safeParse(value).success).toBe(false);
    },
  );

  it('leaves out entries of a map that are null', () => {
    expect(schema.parse({ annotations: { a: null, b: 'x' } }).annotations).toEqual({ b: 'x' });
  });
});
