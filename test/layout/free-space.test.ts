// The room on a drive is told on systems without the program that usually tells it.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { freeBytes } from '../../core/layout/free-space.js';

const { signal } = new AbortController();

afterEach(() => {
  vi.unstubAllEnvs();
});

it.each(['as it is', 'where no program is found'])('%s', async (how) => {
  if (how !== 'as it is') vi.stubEnv('PATH', join(tmpdir(), 'no-programs'));
  expect(await freeBytes(join(tmpdir(), 'not', 'yet', 'there'), { signal })).toBeGreaterThan(0);
});
