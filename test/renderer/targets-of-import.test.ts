// The targets of an import: the chosen one and those that are ticked beside it, each place once.
import { expect, it } from 'vitest';
import { remember } from '../../renderer/stores/target/target-spec.js';
import { isOnlyLook, targetsOfImport } from '../../renderer/stores/target/targets-of-import.js';

const [one, two, twin] = [
  remember({ registry: 'https://one' }, ''),
  remember({ registry: 'https://two' }, ''),
  remember({ registry: 'https://one' }, '', undefined, 'twin'),
];

it('are the chosen one first, without those that are gone and without a second of one place', () => {
  const all = [one, two, twin];
  expect(targetsOfImport(one, [], all)).toEqual([one]);
  expect(targetsOfImport(two, [one.id, 'gone'], all)).toEqual([two, one]);
  expect(targetsOfImport(one, [twin.id, two.id], all)).toEqual([one, two]);
});

it('are the same when the person looks at another one of them, and not when another one is chosen', () => {
  const before = { current: one, also: [two.id] };
  expect(isOnlyLook({ current: two, also: [one.id] }, before)).toBe(true);
  expect(isOnlyLook({ current: two, also: [] }, before)).toBe(false);
  expect(isOnlyLook({ current: one, also: [] }, before)).toBe(false);
  expect(isOnlyLook({ current: null, also: [one.id] }, before)).toBe(false);
});
