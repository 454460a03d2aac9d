// An undo in which nothing moves any more is ended and says so, as an import is.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AppError } from '../../core/errors.js';
import type { WatchedRun } from '../../core/engine/until-standstill.js';
import { openBench, packagePath, type Bench } from '../support/seed.js';
import { undo } from '../support/undoing.js';

let isStill = false;

vi.mock('../../core/engine/until-standstill.js', () => ({
  untilStandstill: ({ signal }: WatchedRun, work: (options: { signal: AbortSignal }) => Promise<unknown>) => {
    const still = new AppError('run.stalled', { origin: 'registry', params: { minutes: 10, current: '' } });
    return work({ signal: isStill ? AbortSignal.abort(still) : signal });
  },
}));

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

it('ends with the problem that it stood still, and is not called cancelled', async () => {
  const target = { store: `${bench.directory}/store` };
  const { run } = await bench.import({ packages: [packagePath('v0.9.0-amd64')], target });
  isStill = true;
  const report = await undo(bench, { runs: [run], target });
  expect(report).toMatchObject({ result: 'failed', problems: [{ code: 'run.stalled' }] });
});
