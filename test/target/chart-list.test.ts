// Lists of charts in files.
import { describe, expect, it } from 'vitest';
import { parseChartsFile } from '../../core/target/chart-list.js';

describe('parseChartsFile', () => {
  it.each([
    ['lines', '# mine\nnginx\naddon/redis@1.*  # a comment\r\n\r\n', ['nginx', 'addon/redis@1.*'], []],
    ['one line', 'nginx', ['nginx'], []],
    ['a YAML list of strings', '- nginx\n- redis\n', ['nginx', 'redis'], []],
    ['a flow list', '[nginx, redis]', ['nginx', 'redis'], []],
    [
      'a YAML list of objects',
      '- {name: nginx, versions: [1.20, 007]}\n- name: redis\n  skipImages: true\n',
      ['nginx@1.20', 'nginx@007', 'redis'],
      ['redis'],
    ],
    [
      'a charts-syncer file',
      'source:\n  intermediateBundlesPath: x\ncharts:\n- name: keel-exporter\n  versions:\n  - 2.3+1\n  skipImages: true\n- name: gangway\n',
      ['keel-exporter@2.3+1', 'gangway'],
      ['keel-exporter@2.3+1'],
    ],
  ])('reads %s', (_, text, only, skipImages) => {
    expect(parseChartsFile(text, 'charts.txt')).toEqual({ only, skipImages });
  });

  it.each([
    ['', 'config.no-charts-listed'],
    ['# nothing\n', 'config.no-charts-listed'],
    ['charts: []', 'config.no-charts-listed'],
    ['- [a]', 'config.bad-value'],
    ['two words', 'config.bad-value'],
    ['- a\n - b: c', 'config.yaml-unreadable'],
  ])('refuses %j', (text, code) => {
    expect(() => parseChartsFile(text, 'charts.txt')).toThrow(expect.objectContaining({ code }));
  });
});
