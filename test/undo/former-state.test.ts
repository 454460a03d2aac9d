// The way back from several writes of one name: only what the runs left is taken back, whatever others did in between.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formerState, type Write } from '../../core/undo/former-state.js';

const write = (run: string, before: string | null, next: string | null): Write => ({ run, before, next });

describe('formerState', () => {
  it('leads from what a run left to what was there before', () => {
    const first = write('1', 'A', 'B');
    expect(formerState('B', [first], false)).toEqual({ then: 'A', last: first, stoppedAt: null });
    const created = write('1', null, 'A');
    expect(formerState('A', [created], false)).toEqual({ then: null, last: created, stoppedAt: null });
  });

  it('leads over several runs at once', () => {
    const [second, first] = [write('2', 'A', 'B'), write('1', null, 'A')];
    expect(formerState('B', [second, first], false)).toEqual({ then: null, last: first, stoppedAt: null });
  });

  it('passes over a write that never came through, or was taken back already', () => {
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

  it('ends where somebody else wrote, and goes on only by force', () => {
    const first = write('1', 'A', 'B');
    expect(formerState('X', [first], false)).toEqual({ then: 'X', last: null, stoppedAt: first });
    expect(formerState(null, [first], false)).toEqual({ then: null, last: null, stoppedAt: first });
    expect(formerState('X', [first], true)).toEqual({ then: 'A', last: first, stoppedAt: null });
  });

  it('ends between two runs where a third wrote in between', () => {
    const [third, first] = [write('3', 'B', 'C'), write('1', null, 'A')];
    expect(formerState('C', [third, first], false)).toEqual({ then: 'B', last: third, stoppedAt: first });
    expect(formerState('C', [third, first], true)).toEqual({ then: null, last: first, stoppedAt: null });
  });

  it('keeps what another wrote between two writes of one run, and is then done with that run', () => {
    const writes = [write('2', 'X', 'C'), write('2', 'A', 'B'), write('1', null, 'A')];
    const way = formerState('C', writes, false);
    expect(way).toEqual({ then: 'X', last: writes[0], stoppedAt: writes[2] });
    expect(formerState('C', writes.slice(0, 2), false).stoppedAt).toBeNull();
  });

  it('reverses every sequence of runs that nobody disturbed, in one go or one by one', () => {
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
