// What one pass may use: each bundle has a share, large packages more, and what is refused is not counted.
import { describe, expect, it } from 'vitest';
import { LIMITS, PASS_LIMITS } from '../../core/flow/limits.js';
import { PassBudget } from '../../core/flow/pass-budget.js';

const { signal } = new AbortController();
const share = PASS_LIMITS.images.base / 4;

describe('PassBudget', () => {
  it('gives each bundle a quarter of the whole', () => {
    const budget = new PassBudget();
    for (let part = 0; part < 4; part++) {
      budget.nextPart();
      budget.spend('images', share, 'a');
      expect(() => budget.spend('images', 1, 'a')).toThrow(
        expect.objectContaining({
          code: 'package.limit',
          params: { entry: 'a', what: 'images', limit: share },
        }),
      );
    }
    budget.nextPart();
    expect(() => budget.spend('images', 1, 'a')).toThrow(expect.objectContaining({ code: 'package.limit' }));
  });

  it('counts what plans a bundle for that bundle, also while the next one is read', () => {
    const budget = new PassBudget();
    budget.toPlan('bad', () => budget.spend('images', share, 'bad'));
    budget.nextPart();
    expect(() => budget.toPlan('bad', () => budget.spend('images', 1, 'bad'))).toThrow(
      expect.objectContaining({ code: 'package.limit' }),
    );
    budget.toPlan('good', () => budget.spend('images', share, 'good'));
    budget.spend('images', share, 'good');
  });

  it('gives a large package more', () => {
    const budget = new PassBudget();
    budget.begin(4 / PASS_LIMITS.images.perByte, { signal });
    budget.spend('images', share + 1, 'a');
    expect(budget.affords('images', 1)).toBe(false);
  });

  it('ends at the signal', () => {
    const budget = new PassBudget();
    const controller = new AbortController();
    budget.begin(1, controller);
    controller.abort();
    expect(() => budget.spend('entries', 1, 'a')).toThrow(controller.signal.reason);
  });

  it('counts bytes as long as they are held', () => {
    const budget = new PassBudget();
    budget.hold(LIMITS.heldBytes, 'a');
    expect(() => budget.hold(1, 'b')).toThrow(
      expect.objectContaining({
        params: { entry: 'b', what: 'bytes kept in memory', limit: LIMITS.heldBytes },
      }),
    );
    budget.release(LIMITS.heldBytes);
    budget.hold(1, 'b');
  });
});
