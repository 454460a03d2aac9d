// Layers that several bundles of a package share: looked at once, and not where that was not to their end.
import { expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import { PassBudget } from '../../../core/flow/pass-budget.js';
import { ArchivePrograms } from '../../../core/package/programs/archive-programs.js';
import { SeenLayers } from '../../../core/package/programs/seen-layers.js';
import { dockerLayer } from '../../../core/content/manifest.js';
import { program } from '../../support/program-findings.js';
import { layerOf } from '../../support/program-images.js';

const platform = { os: 'linux', architecture: 'arm64' };
const config = Buffer.from(JSON.stringify({ ...platform, config: { Entrypoint: ['/bin/app'] } }));

it('an image is judged by a layer that only the archive before has read', async () => {
  const budget = new PassBudget();
  const seen = new SeenLayers();
  const { stored, digest } = layerOf([program('bin/app', 'amd64')]);
  const first = new ArchivePrograms(budget, seen);
  expect(first.recall(digest)).toBeNull();
  const probe = first.probe(stored.length);
  await probe?.take(stored);
  probe?.end();
  first.put(digest, (await probe?.result) ?? { files: [], complete: false });

  const second = new ArchivePrograms(budget, seen);
  const known = second.recall(digest);
  if (known) second.put(digest, known);
  expect(second.judge(platform, config, [dockerLayer(digest, stored.length)])).toMatchObject({
    verdict: 'mislabelled',
    found: 'linux/amd64',
  });
});

it('a layer that was not read to its end, and one for which there is no room, is looked at again', () => {
  const seen = new SeenLayers();
  const file = { kind: 'script', path: 'a' } as const;
  seen.put(digestOf('part'), { files: [file], complete: false });
  seen.put(digestOf('large'), { files: Array.from({ length: 29_000 }, () => file), complete: true });
  seen.put(digestOf('next'), { files: Array.from({ length: 2_000 }, () => file), complete: true });
  seen.put(digestOf('small'), { files: [file], complete: true });
  expect(['part', 'large', 'next', 'small'].map((name) => seen.get(digestOf(name)) !== null)).toEqual([
    false,
    true,
    false,
    true,
  ]);
});
