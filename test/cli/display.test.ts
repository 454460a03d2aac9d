// The parts of text output, and the two displays of a running import.
import { assert, integer, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Say } from '../../cli/command.js';
import { eventLine } from '../../cli/display/progress/event-lines.js';
import { liveDisplay } from '../../cli/display/progress/live.js';
import { Pace } from '../../cli/display/progress/pace.js';
import { plainDisplay } from '../../cli/display/progress/plain.js';
import { reasonText } from '../../cli/display/text/reason-text.js';
import { bar, formatBytes, formatEstimate, formatSeconds } from '../../cli/display/text/units.js';
import { printable } from '../../core/messages/printable.js';
import { fit, widthOf } from '../../cli/display/text/width.js';
import type { RunEvent } from '../../core/contract.js';
import { AppError, textFor, toProblem } from '../../core/engine.js';
import { readSource } from '../support/source-tree.js';
import { problemOf } from './values.js';

const say: Say = (key, params = {}) => textFor(key, params, 'en');

describe('a wait that a registry asks for', () => {
  const event: RunEvent = {
    type: 'waiting',
    until: '2026-11-30T12:00:00.000Z',
    problem: toProblem(
      new AppError('registry.busy', {
        origin: 'registry',
        params: { host: 'registry.example', status: 429 },
      }),
    ),
  };
  const line =
    'Waiting until Nov 30, 2026, 12:00:00 UTC: registry.example asks for fewer requests (HTTP 429).';

  it('has a line with its end and its reason', () => {
    expect(eventLine(event, say, 'en')).toBe(line);
  });
});

describe('units', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [999_499, '999 kB'],
    [999_999, '1.00 MB'],
    [15_300_000_000, '15.3 GB'],
    [28_740_000_000, '28.7 GB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('write times', () => {
    expect([0, 59.6, 185, 3600, 4830].map(formatSeconds)).toEqual([
      '0s',
      '1m 00s',
      '3m 05s',
      '1h 00m',
      '1h 20m',
    ]);
    expect([1, 42, 130, 1850, 4000].map(formatEstimate)).toEqual([
      '5s',
      '40s',
      '2m 00s',
      '31m 00s',
      '1h 05m',
    ]);
  });

  it('draw a bar that is full only when all is there', () => {
    expect(bar(0, 10, 4)).toBe('░░░░');
    expect(bar(1, 1000, 4)).toBe('█░░░');
    expect(bar(999, 1000, 4)).toBe('███░');
    expect(bar(10, 10, 4)).toBe('████');
    expect(bar(0, 0, 4)).toBe('░░░░');
  });
});

describe('width', () => {
  it('counts Chinese as two columns', () => {
    expect(widthOf('镜像 a')).toBe(6);
    expect(fit('镜像仓库', 5)).toBe('镜像…');
  });

  it('never exceeds the columns', () => {
    assert(
      property(string({ unit: 'binary' }), integer({ min: 1, max: 40 }), (text, columns) => {
        expect(widthOf(fit(printable(text), columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('reasons', () => {
  it('all have words', () => {
    const words = [...readSource('core/messages/en.json').matchAll(/"reason\.([a-z-]+)"/g)].map(
      ([, word]) => word ?? '',
    );
    expect(words.length).toBeGreaterThan(10);
    expect(words.filter((word) => reasonText(word, say) === word)).toEqual([]);
    expect(reasonText('of-later', say)).toBe('of-later');
  });
});

describe('pace', () => {
  it('estimates after some seconds, from the last ones', () => {
    const pace = new Pace();
    pace.restart(0);
    pace.add(1_000, 100);
    expect(pace.secondsFor(1000, 1_000)).toBeNull();
    pace.add(5_000, 500);
    expect(pace.rate(5_000)).toBe(100);
    expect(pace.secondsFor(1000, 5_000)).toBe(10);
    // Bytes read long ago do not count.
    for (let at = 6_000; at <= 40_000; at += 1_000) pace.add(at, 500 + (at - 5_000));
    expect(pace.rate(40_000)).toBeCloseTo(1000, 0);
  });

  it('shows a lower rate while nothing comes', () => {
    const pace = new Pace();
    pace.restart(0);
    pace.add(10_000, 1000);
    expect(pace.rate(20_000)).toBe(50);
  });
});

const events: readonly RunEvent[] = [
  { type: 'run-started', run: 'run-1', target: '/srv/store', packages: [] },
  { type: 'stage', stage: 'read' },
  { type: 'stage', stage: 'read' },
  { type: 'pass-started', pass: 1, package: 'p.tar.gz', bytes: 1_000_000 },
  ...Array.from({ length: 50 }, (_, index): RunEvent => ({
    type: 'progress',
    pass: 1,
    bytesRead: index * 20_000,
    bytesTotal: 1_000_000,
    bytesSent: 0,
    bytesSkipped: 0,
    current: 'docker.io/镜像/\u001b[2Jnginx:1.0 and a very long name that no terminal has room for',
  })),
  {
    type: 'image',
    source: 'a:1',
    digest: '',
    target: 'r/a:1',
    platform: 'linux/amd64',
    action: 'push',
    reason: 'absent',
  },
  {
    type: 'image',
    source: 'b:1',
    digest: '',
    target: 'r/b:1',
    platform: 'linux/amd64',
    action: 'skip',
    reason: 'same-digest',
  },
  { type: 'chart', url: 'oci://r/addon', name: 'nginx', version: '1.0', action: 'publish', digest: null },
  { type: 'problem', problem: problemOf('registry') },
  { type: 'run-ended', run: 'run-1', result: 'done' },
];

describe('the plain display', () => {
  it('has one line for each thing that happened, none for progress and for what stays as it is', () => {
    let text = '';
    const display = plainDisplay({ write: (piece) => (text += piece) }, say, 'en');
    for (const event of events) display.event(event);
    display.close();
    expect(text.trimEnd().split('\n')).toEqual([
      'Run run-1, target /srv/store',
      'Reading the packages',
      'Pass 1 over p.tar.gz (1.00 MB)',
      'pushed r/a:1 linux/amd64',
      'published chart nginx 1.0 -> oci://r/addon',
      'registry.something happened',
    ]);
  });
});

describe('the lines of an undo', () => {
  it('distinguish what was restored from what was removed', () => {
    const image = {
      type: 'image',
      source: 'a',
      digest: '',
      platform: 'linux/amd64',
      action: 'replace',
    } as const;
    const chart = {
      type: 'chart',
      url: 'oci://r/addon',
      name: 'nginx',
      version: '1',
      action: 'replace',
    } as const;
    const line = (event: RunEvent) => eventLine(event, say, 'en');
    expect([
      line({ ...image, target: 'r/a:1', reason: 'restored' }),
      line({ ...image, target: 'r/a:2', reason: 'removed' }),
      line({ ...image, target: 'r/a:3', reason: 'removed', action: 'failed' }),
      line({ ...chart, digest: 'sha256:1' }),
      line({ ...chart, digest: null }),
    ]).toEqual([
      'put back r/a:1 linux/amd64',
      'removed r/a:2 linux/amd64',
      'failed r/a:3 linux/amd64',
      'replaced chart nginx 1 -> oci://r/addon',
      'removed chart nginx 1 -> oci://r/addon',
    ]);
  });
});

/** A terminal, as far as the live display uses it: lines, cursor up, erase below. */
function screenOf(output: string): readonly string[] {
  const lines: string[] = [];
  // eslint-disable-next-line no-control-regex
  for (const part of output.split(/(\u001b\[\d+[AJ])/)) {
    // eslint-disable-next-line no-control-regex
    const up = /^\u001b\[(\d+)A$/.exec(part);
    if (up !== null) lines.splice(lines.length - Number(up[1]));
    else if (part !== '\u001b[0J') lines.push(...part.split('\n').slice(0, -1));
  }
  return lines;
}

describe('the live display', () => {
  it('shows how far a survey is', () => {
    let output = '';
    const display = liveDisplay({ write: (text) => (output += text), columns: 80 }, say, 'en', () => 0);
    display.event({ type: 'stage', stage: 'survey' });
    display.event({ type: 'surveyed', done: 120, total: 1000 });
    expect(screenOf(output)).toEqual([`${say('cli.stage.survey')}  120/1000`]);
    display.event({ type: 'stage', stage: 'tags' });
    expect(screenOf(output)).toEqual([say('cli.stage.tags')]);
    display.close();
  });

  it.each([30, 60, 120])(
    'redraws one block that fits into %i columns, and leaves nothing but what stays',
    (columns) => {
      let output = '';
      let now = 0;
      const display = liveDisplay({ write: (text) => (output += text), columns }, say, 'en', () => now);
      let tallest = 0;
      for (const event of events) {
        now += 200;
        display.event(event);
        const screen = screenOf(output);
        tallest = Math.max(tallest, screen.length);
        if (event.type === 'progress')
          for (const line of screen.slice(-3)) expect(widthOf(line)).toBeLessThan(columns);
      }
      if (columns > 30) expect(output).toMatch(/kB\/s {2}about \d+s left/);
      display.note('a note');
      display.close();
      display.note('too late');
      expect(screenOf(output)).toEqual([
        'Pass 1 over p.tar.gz (1.00 MB)',
        'registry.something happened',
        'a note',
      ]);
      expect(tallest).toBeLessThanOrEqual(5);
      expect(output).not.toContain('\u001b[2J');
    },
  );
});
