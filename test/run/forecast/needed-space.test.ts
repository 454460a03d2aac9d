// Free space that is looked at before the first byte of a package that is not known.
import { describe, expect, it } from 'vitest';
import type { ReportTarget } from '../../../core/contract.js';
import { requireStateSpace, scarceSpace } from '../../../core/run/forecast/needed-space.js';

const options = { signal: new AbortController().signal };
const folder: ReportTarget = { kind: 'folder', location: '/data/store', charts: [] };
const file = { fileName: 'addon.tar.gz', bytes: 5_000 };

const having = (bytes: number | null) => () => Promise.resolve(bytes);

describe('a folder target', () => {
  it('with fewer free bytes than the package has is told of, with both numbers', async () => {
    expect(await scarceSpace({ summary: folder }, file, having(4_999), options)).toMatchObject({
      code: 'run.space-scarce',
      params: { path: '/data/store', file: 'addon.tar.gz', free: 4_999, needed: 5_000 },
    });
  });

  it('with enough free bytes, or where that is not known, is not', async () => {
    for (const free of [5_000, null])
      expect(await scarceSpace({ summary: folder }, file, having(free), options)).toBeNull();
  });
});

it('a registry has its space elsewhere', async () => {
  const summary: ReportTarget = { ...folder, kind: 'registry' };
  expect(await scarceSpace({ summary }, file, having(1), options)).toBeNull();
});

it('a state folder without room for any run ends the run before it begins', async () => {
  const free = 64 * 1024 * 1024 - 1;
  await expect(requireStateSpace('/state', having(free), options)).rejects.toMatchObject({
    code: 'run.no-space',
    params: { path: '/state', free },
  });
  for (const enough of [free + 1, null]) await requireStateSpace('/state', having(enough), options);
});
