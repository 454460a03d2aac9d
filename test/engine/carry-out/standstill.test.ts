// An undo or prune in which nothing moves any more is ended and says so, as an import is.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AppError } from '../../../core/errors.js';
import type { WatchedRun } from '../../../core/engine/carry-out/until-standstill.js';
import { openBench, packagePath, type Bench } from '../../support/seed.js';
import { undo } from '../../support/undoing.js';

let isStill = false;

vi.mock('../../../core/engine/carry-out/until-standstill.js', () => ({
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

const still = { result: 'failed', problems: [{ code: 'run.stalled' }] };

it('an undo ends with the problem that it stood still, and is not called cancelled', async () => {
  const target = { store: `${bench.directory}/undone` };
  isStill = false;
  const { run } = await bench.import({ packages: [packagePath('v0.9.0-amd64')], target });
  isStill = true;
  expect(await undo(bench, { runs: [run], target })).toMatchObject(still);
});

it('a prune, too; the superseded versions stay', async () => {
  const target = { store: `${bench.directory}/pruned` };
  isStill = false;
  await bench.seed(['v0.9.0-amd64', 'v0.11.0-amd64'], target);
  const { signal } = new AbortController();
  const before = await bench.engine.planPrune({ target }, { signal });
  expect(before.ok && before.value.charts.map(({ action }) => action)).toContain('remove');
  isStill = true;
  expect(await bench.engine.prune({ target }, { signal })).toMatchObject({ ok: true, value: still });
  isStill = false;
  const after = await bench.engine.planPrune({ target }, { signal });
  expect(after.ok && after.value.charts).toEqual(before.ok && before.value.charts);
});
