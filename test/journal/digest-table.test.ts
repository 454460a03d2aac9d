// The table from digests to numbers: as a map, also after it has grown, and with names.
import { expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { DigestTable, nameHash } from '../../core/journal/digest-table.js';

/** In the second round some are larger than two bytes hold. */
function valueOf(at: number, round: number): number {
  return at * (round === 1 ? 1 : 50) + 1;
}

it('gives what was set last for each digest under each name, and 0 for others', () => {
  const table = new DigestTable();
  const names = ['r.test/a:1', 'r.test/a:2', ''];
  const expected = new Map<string, number>();
  for (let round = 1; round <= 2; round += 1) {
    for (let at = 0; at < 4_000; at += 1) {
      const name = names[at % names.length] ?? '';
      table.set(digestOf(String(at)), valueOf(at, round), name === '' ? undefined : nameHash(name));
      expected.set(`${name} ${String(at)}`, valueOf(at, round));
    }
  }
  for (let at = 0; at < 5_000; at += 1) {
    for (const name of names) {
      const found = table.get(digestOf(String(at)), name === '' ? undefined : nameHash(name));
      expect(found).toBe(expected.get(`${name} ${String(at)}`) ?? 0);
    }
  }
});
