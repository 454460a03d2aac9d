// Many callers share the runs of one slow step.
import { describe, expect, it } from 'vitest';
import { GroupCommit } from '../../core/flow/group-commit.js';

/** Work whose runs end when the test says so. */
function slowWork() {
  const ends: { ok: () => void; fail: (error: Error) => void }[] = [];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => ends.push({ ok: resolve, fail: reject }));
  return { ends, group: new GroupCommit(work) };
}

describe('GroupCommit', () => {
  it('lets all who come during a run share the next one', async () => {
    const { ends, group } = slowWork();
    const first = group.run();
    const others = Array.from({ length: 100 }, () => group.run());
    expect(ends).toHaveLength(1);
    ends[0]?.ok();
    await first;
    await Promise.resolve();
    expect(ends).toHaveLength(2);
    // they are not done with the run that had begun before them
    let isDone = false;
    void others[0]?.then(() => (isDone = true));
    await Promise.resolve();
    expect(isDone).toBe(false);
    ends[1]?.ok();
    await Promise.all(others);
    expect(ends).toHaveLength(2);
  });

  it('gives an error to those who waited for that run, and to no others', async () => {
    const { ends, group } = slowWork();
    const first = group.run();
    const second = group.run();
    ends[0]?.fail(new Error('no space'));
    await expect(first).rejects.toThrow('no space');
    await Promise.resolve();
    ends[1]?.ok();
    await expect(second).resolves.toBeUndefined();
  });
});
