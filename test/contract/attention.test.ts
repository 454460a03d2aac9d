// Which cells a person should look at: the same for the window, the command line and the HTML page.
import { describe, expect, it } from 'vitest';
import { imageNeedsAttention, needsAttention } from '../../core/contract.js';
import { cellOf, rowOf } from '../report/coverage-values.js';

describe('attention', () => {
  it.each([
    [cellOf('conflict', { reason: 'older' }), true],
    [cellOf('missing'), true],
    [cellOf('missing', { reason: 'lacking' }), true],
    [cellOf('missing', { reason: 'only-package-of-family' }), false],
    [cellOf('mislabelled'), true],
    [cellOf('unreadable'), true],
    [cellOf('keep'), false],
    [cellOf('keep', { reason: 'policy-keep' }), false],
    [cellOf('keep', { reason: 'incomplete' }), true],
    [cellOf('keep', { stale: true }), false],
    [cellOf('add', { reason: 'incomplete' }), false],
    [cellOf('not-used'), false],
  ])('of %j is %s, also for its image', (cell, expected) => {
    expect(needsAttention(cell)).toBe(expected);
    const row = rowOf('a/b:1', { 'linux/amd64': cellOf('same'), 'linux/arm64': cell });
    expect(imageNeedsAttention(row)).toBe(expected);
  });
});
