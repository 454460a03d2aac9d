// Configuration files with tens of thousands of keys, as no person writes them: they are read or refused, and nothing stands still.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parsePlan } from '../../core/plan/plan-file.js';
import { decodeYaml, readYaml, valueOf } from '../../core/target/yaml-document.js';

const keys = (count: number): string =>
  Array.from({ length: count }, (_, at) => `k${String(at)}: v\n`).join('');

describe('a configuration file', () => {
  it('with 40,000 keys is read, and a key that is there twice is found', () => {
    expect(
      Object.keys(z.record(z.string(), z.string()).parse(valueOf(readYaml(keys(40_000), 'a.yaml')))),
    ).toHaveLength(40_000);
    expect(() => readYaml(`${keys(40_000)}k7: again\n`, 'a.yaml')).toThrow(
      expect.objectContaining({
        code: 'config.yaml-unreadable',
        params: { file: 'a.yaml', line: 40_001, column: 1, detail: 'duplicate key' },
      }),
    );
  });

  it('with more than is parsed is refused', () => {
    expect(() => readYaml(keys(400_000), 'a.yaml')).toThrow(
      expect.objectContaining({ code: 'config.yaml-unreadable' }),
    );
  });

  it('of unknown keys tells of a hundred of them', () => {
    expect(decodeYaml(readYaml(keys(3_000), 'a.yaml'), z.strictObject({})).notes).toHaveLength(100);
  });
});

describe('a plan file', () => {
  it('of millions of values, or nested without end, is refused', () => {
    for (const text of [`[${'1,'.repeat(2_000_000)}1]`, '['.repeat(1_000_000)])
      expect(() => parsePlan(text, 'a.json')).toThrow(expect.objectContaining({ code: 'run.plan-unusable' }));
  });
});
