// The rule of an undo for several writes of one name: only the writes of the runs are taken back, not those of others.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formerState, type Write } from '../../core/undo/former-state.js';

const write = (run: string, before: string | null, next: string | null): Write => ({ run, before, next });

describe('formerState', () => {
  it('restores what was there before a run', () => {
    const first = write('1', 'A', 'B');
    expect(formerState('B', [first], false)).toEqual({ then: 'A', last: first, stoppedAt: null });
    const created = write('1', null, 'A');
    expect(formerState('A', [created], false)).toEqual({ then: null, last: created, stoppedAt: null });
  });

  it('restores what was there before several runs', () => {
    const [second, first] = [write('2', 'A', 'B'), write('1', null, 'A')];
    expect(formerState('B', [second, first], false)).toEqual({ then: null, last: first, stoppedAt: null });
  });

  it('skips a write that was never completed, or was taken back already', () => {
    expect(formerState('A', [write('1', 'A', 'B')], false)).toEqual({
      then: 'A',
      last: null,
      stoppedAt: null,
    });
    const first = write('1', null, 'A');
    expect(formerState('A', [write('2', 'A', 'B'), first], false)).toEqual({
      then: null,
      last: first,
      stoppedAt: null,
    });
  });

  it('stops where somebody else wrote, and goes on only with force', () => {
    const first = write('1', 'A', 'B');
    expect(formerState('X', [first], false)).toEqual({ then: 'X', last: null, stoppedAt: first });
    expect(formerState(null, [first], false)).toEqual({ then: null, last: null, stoppedAt: first });
    expect(formerState('X', [first], true)).toEqual({ then: 'A', last: first, stoppedAt: null });
  });

  it('stops between two runs when somebody else wrote in between', () => {
    const [third, first] = [write('3', 'B', 'C'), write('1', null, 'A')];
    expect(formerState('C', [third, first], false)).toEqual({ then: 'B', last: third, stoppedAt: first });
    expect(formerState('C', [third, first], true)).toEqual({ then: null, last: first, stoppedAt: null });
  });

  it("restores what somebody else wrote between two writes of one run, and skips that run's older writes", () => {
    const writes = [write('2', 'X', 'C'), write('2', 'A', 'B'), write('1', null, 'A')];
    const way = formerState('C', writes, false);
    expect(way).toEqual({ then: 'X', last: writes[0], stoppedAt: writes[2] });
    expect(formerState('C', writes.slice(0, 2), false).stoppedAt).toBeNull();
  });

  it('reverses every undisturbed sequence of runs, all at once or one by one', () => {
    const states = fc.array(fc.option(fc.constantFrom('A', 'B', 'C', 'D')), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(states, fc.nat(), (all, cut) => {
        const writes = all
          .slice(1)
          .map((next, i) => write(String(i), all[i] ?? null, next))
          .filter(({ before, next }) => before !== next)
          .reverse();
        const [now, start] = [all.at(-1) ?? null, all[0] ?? null];
        expect(formerState(now, writes, false)).toMatchObject({ then: start, stoppedAt: null });
        const at = writes.length === 0 ? 0 : cut % writes.length;
        const between = formerState(now, writes.slice(0, at), false).then;
        expect(formerState(between, writes.slice(at), false)).toMatchObject({ then: start, stoppedAt: null });
      }),
    );
  });
});
