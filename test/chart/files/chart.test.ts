// Reading charts: what counts as a subchart, and that every failure names its file.
import { describe, expect, it } from 'vitest';
import { packChart } from '../../../core/chart/files/archive.js';
import { readChart } from '../../../core/chart/files/chart.js';
import type { ChartFiles } from '../../../core/chart/types.js';

function files(texts: Readonly<Record<string, string | Buffer>>): ChartFiles {
  return new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]));
}

const SUB = { 'Chart.yaml': 'name: sub\nversion: "2"\n', 'values.yaml': 'a: 1\n' };

describe('a chart', () => {
  it('is read with a byte order mark, and a number as its version', () => {
    const chart = readChart(
      files({ 'Chart.yaml': '\ufeffname: c\nversion: 90\ntype: library\n', 'values.yaml': '\ufeffa: 1\n' }),
    );
    expect(chart).toMatchObject({
      name: 'c',
      version: '90',
      type: 'library',
      valuesText: 'a: 1\n',
      subcharts: [],
    });
  });

  it('has subcharts in folders and archives; hidden names and other files are none', () => {
    const chart = readChart(
      files({
        'Chart.yaml':
          'name: c\nversion: 1.0.0\ndependencies: [{name: sub, alias: s, version: "2", repository: "https://x"}]\n',
        'charts/sub/Chart.yaml': SUB['Chart.yaml'],
        'charts/packed-3.tgz': packChart(
          'packed',
          files({ ...SUB, 'Chart.yaml': 'name: packed\nversion: "3"\n' }),
        ),
        'charts/_off/Chart.yaml': 'name: off\nversion: "1"\n',
        'charts/.hidden/Chart.yaml': 'name: hidden\nversion: "1"\n',
        'charts/README.md': 'text',
        'charts/notes/README.md': 'text',
      }),
    );
    expect(chart.subcharts.map(({ name, version }) => `${name} ${version}`)).toEqual(['packed 3', 'sub 2']);
    expect(chart.dependencies).toEqual([
      { name: 'sub', alias: 's', version: '2', repository: 'https://x', condition: '' },
    ]);
  });

  it('of apiVersion v1 has its dependencies in requirements.yaml', () => {
    const chart = readChart(
      files({
        'Chart.yaml': 'name: c\nversion: 1.0.0\n',
        'requirements.yaml': 'dependencies:\n- name: sub\n  version: 1.x\n',
      }),
    );
    expect(chart.dependencies).toEqual([
      { name: 'sub', alias: null, version: '1.x', repository: '', condition: '' },
    ]);
  });
});

describe('errors name the file that cannot be read', () => {
  const good = { 'Chart.yaml': 'name: c\nversion: 1.0.0\n' };
  it.each<[string, Readonly<Record<string, string | Buffer>>, string, Readonly<Record<string, unknown>>]>([
    ['no Chart.yaml', { 'values.yaml': '' }, 'chart.missing', { file: 'Chart.yaml' }],
    ['no version', { 'Chart.yaml': 'name: c\n' }, 'chart.metadata-unreadable', { file: 'Chart.yaml' }],
    ['a path as name', { 'Chart.yaml': 'name: ../c\nversion: 1\n' }, 'chart.metadata-unreadable', {}],
    ['a list', { 'Chart.yaml': '- c\n' }, 'chart.metadata-unreadable', { line: 1 }],
    [
      'broken values',
      { ...good, 'values.yaml': 'a: 1\nb: [\n' },
      'chart.values-unreadable',
      { file: 'values.yaml', line: 3 },
    ],
    [
      'no UTF-8',
      { ...good, 'values.yaml': Buffer.from([0x61, 0x3a, 0x20, 0xff]) },
      'chart.values-unreadable',
      {},
    ],
    [
      'a subchart',
      { ...good, 'charts/sub/Chart.yaml': SUB['Chart.yaml'], 'charts/sub/values.yaml': 'a: "' },
      'chart.values-unreadable',
      { file: 'charts/sub/values.yaml' },
    ],
    ['a packed subchart', { ...good, 'charts/sub.tgz': 'no gzip' }, 'chart.archive-unreadable', {}],
  ])('%s', (_, texts, code, params) => {
    try {
      readChart(files(texts));
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code, origin: 'package', params });
    }
  });
});
