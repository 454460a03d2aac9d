// The store of reports: of two answers that were asked for one after the other the later one counts, in whatever order they come.
import { afterEach, expect, it } from 'vitest';
import type { Report, RunSummary } from '../../core/contract.js';
import { setBridge } from '../../renderer/bridge.js';
import { useReport } from '../../renderer/stores/report.js';
import { reportOf } from '../cli/values.js';
import { scriptedBridge } from './scripted-bridge.js';

afterEach(() => setBridge(null));

const summaryOf = (run: string): RunSummary => ({
  ...{ run, kind: 'import', undoes: [], at: 'here', user: '', started: '', ended: null, result: 'done' },
  ...{ target: '/srv', packages: [], images: 0, charts: 0, gaps: 0 },
});

it('shows the history that was asked for last', async () => {
  const answers: ((runs: readonly RunSummary[]) => void)[] = [];
  setBridge(scriptedBridge({ runs: () => new Promise((resolve) => answers.push(resolve)) }));
  const both = [useReport.getState().loadHistory(), useReport.getState().loadHistory()];
  answers[1]?.([summaryOf('new'), summaryOf('old')]);
  await both[1];
  answers[0]?.([summaryOf('old')]);
  await both[0];
  expect(useReport.getState().history?.map(({ run }) => run)).toEqual(['new', 'old']);
});

it('shows the report that was opened last', async () => {
  const answers = new Map<string, (report: Report) => void>();
  setBridge(scriptedBridge({ report: (run) => new Promise((resolve) => answers.set(run, resolve)) }));
  const both = [useReport.getState().open('first'), useReport.getState().open('second')];
  answers.get('second')?.(reportOf({ run: 'second' }));
  await both[1];
  answers.get('first')?.(reportOf({ run: 'first' }));
  await both[0];
  expect(useReport.getState().report?.run).toBe('second');
});
