// What survives a reload, and what is ignored of a stored text.
import { describe, expect, it } from 'vitest';
import { readSession, type Session } from '../../renderer/stores/session.js';
import { lastTarget, remember } from '../../renderer/stores/target/target-spec.js';

const SESSION: Session = {
  screen: 'plan',
  chosen: ['/usb/a.tar.gz', '/usb/b.tar.gz'],
  target: '/srv/store',
  also: ['https://site-2'],
  decisions: { 'image r/a:1 linux/amd64': 'replace' },
  decisionsBeside: { 'https://site-2': { 'image r/a:1 linux/amd64': 'keep' } },
  report: null,
};

describe('a session', () => {
  it('is the same after a reload', () => {
    expect(readSession(JSON.stringify(SESSION))).toEqual(SESSION);
  });

  it.each([
    null,
    '',
    'null',
    '[]',
    '{}',
    '{"screen":"nowhere","chosen":[],"decisions":{}}',
    '{"screen":"plan"}',
  ])('is not made of %s', (text) => {
    expect(readSession(text)).toBeNull();
  });

  it('drops values that mean nothing', () => {
    const odd = {
      ...SESSION,
      chosen: ['/a', 7],
      decisions: { a: 'keep', b: 'perhaps' },
      decisionsBeside: { one: { c: 'stop', d: 1 }, two: 'keep' },
      target: 3,
      also: [5],
    };
    expect(readSession(JSON.stringify(odd))).toEqual({
      ...SESSION,
      chosen: ['/a'],
      decisions: { a: 'keep' },
      decisionsBeside: { one: { c: 'stop' }, two: {} },
      target: null,
      also: [],
    });
  });
});

describe('the preselected target', () => {
  it('is the one that was used last, and none before any was used', () => {
    const [old, last] = ['2026-01-01', '2026-02-01'].map((lastUsed, at) => ({
      ...remember({ store: `/srv/${String(at)}` }, ''),
      lastUsed,
    }));
    const never = remember({ store: '/srv/never' }, '');
    expect(lastTarget([never])).toBeNull();
    expect(old && last && lastTarget([last, never, old])).toBe(last);
  });
});
