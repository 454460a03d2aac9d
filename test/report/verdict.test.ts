// The summary sentence of a report and the list of what is left to do claim only what was proven.
import { describe, expect, it } from 'vitest';
import type { Report } from '../../core/contract.js';
import { toDosOf, verdictOf } from '../../core/report/verdict.js';
import { chartOf, imageOf, problemOf, reportOf, tagOf } from '../cli/values.js';
import { proofOf, provenChart, provenImage } from './proofs.js';

const both = ['linux/amd64', 'linux/arm64'];
const image = imageOf({ action: 'add', before: tagOf(['linux/amd64']), after: tagOf(both) });
const proven = proofOf({ images: [provenImage({ platforms: both })] });

function keyOf(fields: Partial<Report>): string {
  return verdictOf(reportOf({ images: [image], ...fields })).key;
}

describe('the sentence', () => {
  it('says that every tag was read back only when each of them was, and found right', () => {
    expect(keyOf({ proof: proven })).toBe('report.verdict.proven');
    expect(keyOf({ proof: null })).toBe('report.verdict.done');
    const other = imageOf({ target: 'q/other:1', after: tagOf(both) });
    expect(keyOf({ images: [image, other], proof: proven })).toBe('report.verdict.partly-proven');
  });

  it('tells findings of the proof, also when nothing else makes the run incomplete', () => {
    const finding = problemOf('registry', 'verify.manifest-missing');
    const images = [provenImage({ platforms: both, ok: false, problem: finding, problems: [finding] })];
    const proof = proofOf({ ok: false, images });
    expect(keyOf({ proof, result: 'partial' })).toBe('report.verdict.findings');
    const failed = imageOf({ action: 'failed' });
    expect(keyOf({ proof, result: 'partial', images: [failed] })).toBe('report.verdict.partial');
  });

  it('never says that no tag lost a platform when one did', () => {
    const less = proofOf({ images: [provenImage({ platforms: ['linux/arm64'] })] });
    expect(keyOf({ proof: less })).toBe('report.verdict.lost');
    const shrunk = imageOf({ action: 'replace', before: tagOf(both), after: tagOf(['linux/amd64']) });
    expect(keyOf({ images: [shrunk] })).toBe('report.verdict.lost');
    const variant = imageOf({
      action: 'skip',
      before: tagOf(['linux/arm64/v8']),
      after: tagOf(['linux/arm64']),
    });
    expect(keyOf({ images: [variant, image] })).toBe('report.verdict.done');
  });

  it('does not count platforms of a tag that could not be read as lost', () => {
    expect(keyOf({ images: [imageOf({ action: 'push', before: tagOf(both), after: 'unreadable' })] })).toBe(
      'report.verdict.done',
    );
  });

  it('puts findings of the proof first', () => {
    const problem = problemOf('registry');
    const proof = proofOf({ ok: false, images: [provenImage({ ok: false, problem, problems: [problem] })] });
    expect(verdictOf(reportOf({ images: [image], proof }))).toEqual({
      key: 'report.verdict.findings',
      params: { count: 1 },
      tone: 'bad',
    });
  });

  it('says when there was nothing to do', () => {
    const there = imageOf({ action: 'skip', before: tagOf(['linux/amd64']) });
    expect(keyOf({ images: [there], charts: [chartOf({ action: 'skip' })] })).toBe('report.verdict.nothing');
    expect(keyOf({ images: [there], proof: proofOf({ images: [provenImage({})] }) })).toBe(
      'report.verdict.nothing-proven',
    );
    expect(keyOf({ images: [], charts: [] })).toBe('report.verdict.done');
  });

  it.each(['partial', 'failed', 'cancelled'] as const)('says %s, for both kinds of run', (result) => {
    expect(keyOf({ result })).toBe(`report.verdict.${result}`);
    expect(keyOf({ result, kind: 'undo' })).toBe(`report.verdict.undo-${result}`);
  });

  it('of an undo speaks of no platforms', () => {
    expect(keyOf({ kind: 'undo', images: [imageOf({ before: tagOf(both), after: null })] })).toBe(
      'report.verdict.undone',
    );
  });
});

describe('the sentence of an undo', () => {
  it('does not say that all is as before when something was left', () => {
    const left = imageOf({ action: 'conflict', reason: 'changed-since' });
    expect(verdictOf(reportOf({ kind: 'undo', images: [left, imageOf({ action: 'replace' })] }))).toEqual({
      key: 'report.verdict.undone-left',
      params: { count: 1 },
      tone: 'warn',
    });
  });
});

describe('what is left to do', () => {
  it('holds conflicts, failures, findings and gaps, and nothing that is as asked', () => {
    const problem = problemOf('registry');
    const report = reportOf({
      images: [
        imageOf({ target: 'q/a:1', action: 'skip', after: tagOf(both) }),
        imageOf({ target: 'q/b:1', action: 'conflict', reason: 'older', after: tagOf(both) }),
        imageOf({ target: 'q/c:1', action: 'failed', problem, after: null }),
        imageOf({ target: 'q/d:1', action: 'push', after: tagOf(['linux/amd64']) }),
      ],
      charts: [chartOf({ action: 'blocked', problem })],
      proof: proofOf({
        ok: false,
        images: [
          provenImage({ target: 'q/a:1', ok: false, problem, problems: [problem, problemOf('disk')] }),
        ],
        charts: [provenChart({ ok: false, images: [{ reference: 'q/x:1', ok: false, problem }] })],
      }),
    });
    expect(toDosOf(report)).toEqual([
      { what: 'q/b:1 linux/amd64', reason: 'older' },
      { what: 'q/c:1 linux/amd64', problem },
      { what: 'nginx 10.2.0+738 -> /srv/store/charts', problem },
      { what: 'q/a:1', problem },
      { what: 'q/a:1', problem: problemOf('disk') },
      { what: 'nginx 10.2.0+738', problem },
      { what: 'q/d:1', lacks: 'linux/arm64' },
    ]);
  });

  it('does not take a platform that few tags have for a gap of all the others', () => {
    const images = [1, 2, 3].map((n) => imageOf({ target: `q/a:${n}`, after: tagOf(['linux/amd64']) }));
    const special = imageOf({ target: 'q/b:1', after: tagOf(['linux/amd64', 'linux/arm/v7']) });
    expect(toDosOf(reportOf({ images: [...images, special] }))).toEqual([]);
  });
});
