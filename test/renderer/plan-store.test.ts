// The plan that is shown, and those for further targets of the import.
import { afterEach, expect, it } from 'vitest';
import { usePlan } from '../../renderer/stores/plan/plan.js';

afterEach(() => usePlan.getState().drop());

it('keeps the decisions of each target while another one is looked at', () => {
  const { decide, swap, drop } = usePlan.getState();
  decide(['image a:1 linux/amd64'], 'replace');
  swap('/srv/one', '/srv/two');
  expect(usePlan.getState().decisions).toEqual({});
  decide(['image a:1 linux/amd64'], 'keep');
  swap('/srv/two', '/srv/one');
  expect(usePlan.getState()).toMatchObject({
    decisions: { 'image a:1 linux/amd64': 'replace' },
    decisionsBeside: { '/srv/two': { 'image a:1 linux/amd64': 'keep' } },
  });
  drop();
  expect(usePlan.getState()).toMatchObject({ decisions: {}, decisionsBeside: {} });
});
