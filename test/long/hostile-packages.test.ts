// Packages that were built to exhaust memory and time: each within 512 MB and 60 s, never a defect, and the bundles beside unharmed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_ARCHIVES } from '../support/hostile/archives.js';
import { HOSTILE_CHARTS } from '../support/hostile/charts.js';
import { HOSTILE_IMAGES } from '../support/hostile/images.js';
import { HOSTILE_OTHERS } from '../support/hostile/other-tools.js';
import { faultOfHostile } from '../support/hostile/run-hostile.js';
import { peakWhile } from '../support/peak-memory.js';

const MOST_BYTES = 512 * 1024 * 1024;
const MOST_MS = 60_000;

describe('hostile packages', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archbridge-hostile-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it.each([...HOSTILE_ARCHIVES, ...HOSTILE_CHARTS, ...HOSTILE_IMAGES, ...HOSTILE_OTHERS])(
    '$name',
    async ({ build, mayEndPackage }) => {
      for (const size of [1, 3]) {
        const bytes = build(size);
        const start = performance.now();
        const faults: string[] = [];
        const peak = await peakWhile(async () => {
          faults.push(await faultOfHostile(bytes, join(folder, 'run')));
        });
        const isEnd = size === 3 && mayEndPackage && /^not published: .* \(exit 3\)$/.test(faults.join());
        if (!isEnd) expect(faults).toEqual(['']);
        expect(peak).toBeLessThan(MOST_BYTES);
        expect(performance.now() - start).toBeLessThan(MOST_MS);
      }
    },
  );
});
