// index.yaml: entries of other programs are kept, bytes do not depend on order or day, types are those of helm.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parse } from 'yaml';
import {
  changeChartIndex,
  findChart,
  parseChartIndex,
  type ChartIndexAddition,
} from '../../core/chart-repo/index-yaml.js';

const addition = (
  name: string,
  version: string,
  fields: Record<string, unknown> = {},
): ChartIndexAddition => ({
  metadata: {
    name,
    version,
    fields: { apiVersion: 'v2', name, version, ...fields },
    created: '1980-01-01T00:00:00Z',
  },
  digest: 'd'.repeat(64),
  url: `${name}-${version}.tgz`,
});

describe('changeChartIndex', () => {
  it('writes what helm writes', () => {
    const text = changeChartIndex(
      null,
      [],
      [addition('nginx', '1.0.0', { appVersion: '1.10', keywords: ['a'] })],
      'index.yaml',
    );
    expect(text).toBe(
      [
        'apiVersion: v1',
        'entries:',
        '  nginx:',
        '  - apiVersion: v2',
        '    appVersion: "1.10"',
        '    created: "1980-01-01T00:00:00Z"',
        `    digest: ${'d'.repeat(64)}`,
        '    keywords:',
        '    - a',
        '    name: nginx',
        '    urls:',
        '    - nginx-1.0.0.tgz',
        '    version: 1.0.0',
        'generated: "1980-01-01T00:00:00Z"',
        '',
      ].join('\n'),
    );
  });

  it('has newest versions first and the same bytes in any order and any batches', () => {
    const versions = ['1.0.0-rc3', '1.0.0', '10.2.0+738', '10.4.1+802', '90', 'v0.14.6', '6.5.007', '2.3+1'];
    const all = versions.flatMap((version) => [addition('b', version), addition('a', version)]);
    const once = changeChartIndex(null, [], all, 'i');
    fc.assert(
      fc.property(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.integer({ min: 1, max: 5 }),
        (some, step) => {
          let text: string | null = null;
          for (let i = 0; i < some.length; i += step)
            text = changeChartIndex(text, [], some.slice(i, i + step), 'i');
          expect(text).toBe(once);
        },
      ),
      { numRuns: 20 },
    );
    expect(
      parseChartIndex(once, 'i')
        .get('a')
        ?.map((entry) => entry.version),
    ).toEqual(['90', '10.4.1+802', '10.2.0+738', '6.5.007', '2.3+1', '1.0.0', '1.0.0-rc3', 'v0.14.6']);
  });

  it('keeps foreign entries, fields, comments and the form of their values', () => {
    const foreign = `# kept by hand
apiVersion: v1
serverInfo: {contextPath: /cm}
entries:
  theirs:
    - {name: theirs, version: "1.20", appVersion: 1.10, created: 2024-05-06T07:08:09.123456789Z, digest: abc, urls: [https://x/y.tgz]}
  nginx:
    - name: nginx # old
      version: 0.9.0
      unknown: {deep: [007, ~, yes]}
generated: 2024-05-06T07:08:09Z
`;
    const text = changeChartIndex(foreign, [], [addition('nginx', '1.0.0')], 'i');
    expect(text).toContain('# kept by hand');
    expect(text).toContain('# old');
    expect(text).toContain('appVersion: 1.10,');
    expect(text).toContain('yes');
    expect(text).not.toContain('"yes"');
    const before: unknown = parse(foreign);
    const added = { apiVersion: 'v2', name: 'nginx', version: '1.0.0', created: '1980-01-01T00:00:00Z' };
    expect(parse(text)).toEqual({
      ...(before as object),
      entries: {
        theirs: (before as { entries: { theirs: unknown } }).entries.theirs,
        nginx: [
          { ...added, digest: 'd'.repeat(64), urls: ['nginx-1.0.0.tgz'] },
          ...(before as { entries: { nginx: unknown[] } }).entries.nginx,
        ],
      },
    });
    expect(changeChartIndex(text, [], [addition('nginx', '1.0.0')], 'i')).toBe(text);
  });

  it('writes an index with anchors so that it stays readable', () => {
    const foreign = 'apiVersion: v1\nentries:\n  z:\n  - &one {name: z, version: 1.0.0}\n  a:\n  - *one\n';
    expect(parse(changeChartIndex(foreign, [], [addition('b', '1.0.0')], 'i'))).toMatchObject({
      entries: { a: [{ name: 'z' }], z: [{ name: 'z' }] },
    });
  });

  it('leaves out what helm would refuse, and keeps types that helm expects', () => {
    const strange = addition('a', '90', {
      strange: true,
      appVersion: 1.5,
      deprecated: 'yes',
      annotations: { n: 1 },
      maintainers: [{ name: 'x', phone: 1 }],
      dependencies: [{ name: 'sub', version: '1', repository: '', extra: 1 }],
    });
    const entry: unknown = parse(changeChartIndex(null, [], [strange], 'i'));
    expect(entry).toMatchObject({
      entries: {
        a: [
          {
            version: '90',
            appVersion: '1.5',
            annotations: { n: '1' },
            maintainers: [{ name: 'x' }],
            dependencies: [{ name: 'sub', version: '1', repository: '' }],
          },
        ],
      },
    });
    expect(JSON.stringify(entry)).not.toMatch(/strange|deprecated|phone|extra/);
  });

  it.each(['<!DOCTYPE html><html></html>', 'a: [b', '- x', 'just text'])('does not overwrite %j', (text) => {
    const add = (): string => changeChartIndex(text, [], [addition('a', '1.0.0')], 'where');
    expect(add).toThrow(expect.objectContaining({ code: 'chart-repo.bad-index' }));
  });
});

describe('parseChartIndex', () => {
  it('counts null as absent', () => {
    const text =
      'apiVersion: v1\nentries:\n  a:\n  - {name: null, version: 1.0.0, digest: null, urls: null, created: null}\n  b: null\n';
    expect(parseChartIndex(text, 'x').get('a')).toEqual([
      { name: 'a', version: '1.0.0', digest: null, urls: [], created: null },
    ]);
    expect(parseChartIndex('apiVersion: v1\nentries: null\n', 'x').size).toBe(0);
  });

  it('reads indexes as ChartMuseum and helm write them', () => {
    const index = parseChartIndex(
      'apiVersion: v1\nentries:\n  a:\n  - {name: a, version: 90, urls: [charts/a-90.tgz], digest: ff}\n  - 7\n  b: null\n',
      'i',
    );
    expect(findChart(index, 'a', '90')).toEqual({
      name: 'a',
      version: '90',
      urls: ['charts/a-90.tgz'],
      digest: 'ff',
      created: null,
    });
    expect(findChart(index, 'a', '9')).toBeNull();
    expect(parseChartIndex('{"apiVersion":"v1","entries":{}}', 'i').size).toBe(0);
  });

  it.each([
    ...['apiVersion: v1\nentries: 5', 'entries: {}', '<html></html>'],
    'apiVersion: v1\nentries: {a: [*none]}',
    'apiVersion: v1\n<<: 5\nentries: {}',
  ])('refuses %j', (text) => {
    expect(() => parseChartIndex(text, 'w')).toThrow(
      expect.objectContaining({ code: 'chart-repo.bad-index' }),
    );
  });
});
