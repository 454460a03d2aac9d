// A sample of the hostile packages of test/long/hostile-packages.test.ts: no defect, nothing beside the target, good bundles unharmed.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOSTILE_ARCHIVES } from '../support/hostile/archives.js';
import { HOSTILE_CHARTS } from '../support/hostile/charts.js';
import { HOSTILE_IMAGES } from '../support/hostile/images.js';
import { HOSTILE_OTHERS } from '../support/hostile/other-tools.js';
import { faultOfHostile } from '../support/hostile/run-hostile.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

/** One of each way in which an import hung, took all memory or ended as a defect before there was a budget. */
const SAMPLE = [
  'archive: archives in archives',
  'archive: names with escapes',
  'archive: a size of an exabyte',
  'chart: gzip within gzip',
  'chart: one subchart under many aliases, five levels deep',
  'chart: many changes in long values',
  'values: lists in lists',
  'values: an anchored text with many aliases',
  'template: pipes',
  'template: blanks in an action',
  'images: layers that are not there',
  'images: a descriptor in maps',
  'images: an index of itself',
  'images: a layer of a link of 100,000 steps',
  'images: referrers of an image with thousands of names',
  'wrap: an Images.lock of many names for one image',
  'storage: one tag many times, of many registries',
];
const all = [...HOSTILE_ARCHIVES, ...HOSTILE_CHARTS, ...HOSTILE_IMAGES, ...HOSTILE_OTHERS];

describe('a hostile bundle between good ones', () => {
  it.each(SAMPLE)('harms nothing: %s', async (name) => {
    const found = all.find((one) => one.name === name);
    expect(await faultOfHostile(found?.build(1) ?? Buffer.alloc(0), join(scratch(), 'run'))).toBe('');
  });
});
