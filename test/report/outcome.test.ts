// Gaps are told once and everywhere the same, and a run ends with one of a few words.
import { describe, expect, it } from 'vitest';
import {
  gapsOf,
  imagesWithGaps,
  openItems,
  outcomeOf,
  outcomeOfRun,
  tagsNotWritten,
} from '../../core/contract.js';
import type { Problem, Proof, Report } from '../../core/contract.js';
import { toDosOf, verdictOf } from '../../core/report/verdict.js';
import { incompleteRows, reportRows, toDos } from '../../renderer/stores/report-rows.js';
import { plannedImage, planOf } from '../cli/plan-values.js';
import { chartOf, imageOf, problemOf, reportOf, tagOf } from '../cli/values.js';

const BOTH = ['linux/amd64', 'linux/arm64'];
const mislabelled = problemOf('package', 'plan.image-mislabelled');
const lacking: Problem = {
  ...problemOf('package', 'run.chart-images-lacking'),
  params: { chart: 'c', images: 'x/one:1, x/two:1' },
};
const required = (target: string, platform: string): Problem => ({
  ...problemOf('package', 'run.platform-missing'),
  params: { target, platform },
});

/** Four images lack a platform: one is mislabelled, one has no arm64, and two are in no package. */
const REPORT: Report = reportOf({
  result: 'partial',
  images: [
    imageOf({ target: 'q/a:1', source: 'a:1', action: 'skip', after: tagOf(BOTH) }),
    imageOf({ target: 'q/b:1', source: 'b:1', action: 'push', after: tagOf(['linux/amd64']) }),
    imageOf({
      target: 'q/b:1',
      source: 'b:1',
      platform: 'linux/arm64',
      action: 'blocked',
      problem: mislabelled,
      after: tagOf(['linux/amd64']),
    }),
    imageOf({ target: 'q/c:1', source: 'c:1', action: 'push', after: tagOf(['linux/amd64']) }),
    imageOf({
      target: 'q/d:1',
      source: 'd:1',
      action: 'add',
      after: tagOf(['linux/amd64', 'linux/arm64/v8']),
    }),
  ],
  charts: [chartOf({ action: 'blocked', problem: lacking })],
  problems: [required('q/b:1', 'linux/arm64'), required('q/c:1', 'linux/arm64'), lacking],
});

describe('gaps', () => {
  it('are each image and platform once, with the cause, and images that no package has included', () => {
    expect(gapsOf(REPORT)).toEqual([
      { image: 'q/b:1', platform: 'linux/arm64', cause: mislabelled, reason: '' },
      { image: 'q/c:1', platform: 'linux/arm64', cause: null, reason: 'in-no-package' },
      { image: 'x/one:1', platform: '', cause: lacking, reason: '' },
      { image: 'x/two:1', platform: '', cause: lacking, reason: '' },
    ]);
  });

  it('are the same number in the sentence, the list, the filter, the history and the saved report', () => {
    const gaps = imagesWithGaps(gapsOf(REPORT));
    expect(gaps).toBe(4);
    expect(verdictOf(REPORT)).toMatchObject({ key: 'report.verdict.gaps', params: { count: gaps } });
    expect(incompleteRows(REPORT, reportRows(REPORT))).toHaveLength(gaps);
    const [chart, ...others] = toDos(REPORT).filter(({ what }) => what.startsWith('nginx'));
    expect([chart?.problem, others]).toEqual([lacking, []]);
    expect(toDos(REPORT).filter(({ what }) => !what.startsWith('nginx'))).toHaveLength(gaps);
    expect(new Set(toDosOf(REPORT).map(({ what }) => what)).size).toBe(gaps + 1);
    expect(openItems(REPORT)).toBe(gaps + 1);
  });

  it('stand beside tags that could not be written and lack no platform, in the sentence and in the filter', () => {
    const refused = imageOf({
      ...{ target: 'q/e:1', source: 'e:1', action: 'failed', after: tagOf(BOTH) },
      problem: problemOf('registry', 'registry.forbidden'),
    });
    const written = { ...refused, target: 'q/f:1', source: 'f:1' };
    const images = [
      ...REPORT.images,
      refused,
      written,
      { ...written, action: 'add' as const, problem: null },
    ];
    const report = { ...REPORT, images };
    expect(tagsNotWritten(report)).toEqual(['q/e:1']);
    expect(verdictOf(report)).toMatchObject({
      key: 'report.verdict.gaps-and-tags',
      params: { count: 4, tags: 1 },
    });
    expect(incompleteRows(report, reportRows(report))).toHaveLength(5);
  });

  it('are told once, not again as findings of the proof; an image that was not replaced is told with its cause', () => {
    const missing: Problem = {
      ...problemOf('registry', 'verify.platform-missing'),
      params: { target: 'q/c:1', platform: 'linux/arm64' },
    };
    const refused = problemOf('registry', 'registry.forbidden');
    const notReplaced = imageOf({
      target: 'q/e:1',
      source: 'e:1',
      action: 'failed',
      problem: refused,
      after: tagOf(BOTH),
    });
    const proof: Proof = {
      schema: 'archbridge.proof/1',
      ok: false,
      depth: 'sizes',
      readAs: 'anonymous',
      made: '2026-01-01T00:00:00.000Z',
      target: REPORT.target,
      images: [
        {
          target: 'q/c:1',
          digest: null,
          platforms: ['linux/amd64'],
          blobsChecked: 0,
          bytesChecked: 0,
          mislabelled: [],
          ok: false,
          problem: missing,
          problems: [missing],
        },
      ],
      charts: [],
      checked: { blobs: 0, bytes: 0 },
      problems: [],
      notes: [],
    };
    const report = { ...REPORT, images: [...REPORT.images, notReplaced], proof };
    for (const list of [toDos(report), toDosOf(report)])
      expect(list.filter(({ what }) => what.startsWith('q/c:1'))).toHaveLength(1);
    expect(toDos(report).filter(({ what }) => what.startsWith('q/e:1'))).toMatchObject([
      { problem: refused },
    ]);
  });

  it('of a plan are those of the report that follows', () => {
    const rows = REPORT.images.flatMap((row) =>
      row.action === 'failed' ? [] : [plannedImage({ ...row, action: row.action, bytes: 1 })],
    );
    expect(gapsOf({ ...planOf({ images: rows }), charts: REPORT.charts, problems: REPORT.problems })).toEqual(
      gapsOf(REPORT),
    );
  });

  it('are not platforms that a tag serves all the same, nor those of a tag that cannot be read', () => {
    const kept = imageOf({ action: 'failed', problem: mislabelled, after: tagOf(['linux/amd64']) });
    const unread = imageOf({ target: 'q/z:1', action: 'skip', after: 'unreadable' });
    const told = required(kept.target, 'linux/amd64');
    expect(gapsOf(reportOf({ images: [kept, unread], problems: [told] }))).toEqual([]);
  });
});

describe('the outcome', () => {
  it('is imported only where nothing is left to do', () => {
    const whole = reportOf({ images: [imageOf({ after: tagOf(BOTH) })] });
    expect(outcomeOf(whole)).toBe('imported');
    expect(outcomeOf(REPORT)).toBe('gaps');
    expect(outcomeOf({ ...whole, charts: [chartOf({ action: 'failed' })] })).toBe('gaps');
  });

  it.each([
    ['import', 'done', 0, 'imported'],
    ['import', 'done', 2, 'gaps'],
    ['import', 'partial', 0, 'gaps'],
    ['import', 'cancelled', 3, 'stopped'],
    ['import', 'interrupted', 0, 'stopped'],
    ['import', 'failed', 0, 'failed'],
    ['undo', 'done', 0, 'undone'],
    ['undo', 'partial', 0, 'undone-in-part'],
    ['undo', 'cancelled', 0, 'stopped'],
  ] as const)('of an %s that ended %s with %i open items is %s', (kind, result, gaps, outcome) => {
    expect(outcomeOfRun({ kind, result, gaps })).toBe(outcome);
  });
});
