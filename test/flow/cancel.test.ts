// Signals that are joined, and listeners on them.
import { describe, expect, it } from 'vitest';
import { eitherSignal } from '../../core/flow/cancel.js';
import { warningsDuring } from '../support/warnings.js';

describe('a signal of two', () => {
  it('is aborted with the first of them, for its reason', () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const either = eitherSignal(first.signal, second.signal);
    expect(either.aborted).toBe(false);
    second.abort('why');
    expect([either.aborted, either.reason]).toEqual([true, 'why']);
  });

  it('may have dozens of listeners', async () => {
    const either = eitherSignal(new AbortController().signal);
    const warnings = await warningsDuring(() => {
      for (let at = 0; at < 40; at += 1) either.addEventListener('abort', () => undefined);
    });
    expect(warnings).toEqual([]);
  });
});
