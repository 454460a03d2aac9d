// The window opens where it was, unless no screen shows that place any more.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPlace, writePlace, type WindowPlace } from '../../electron/window-place.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const SCREEN = { x: 0, y: 0, width: 1920, height: 1080 };
const PLACE: WindowPlace = { x: 200, y: 100, width: 1400, height: 800, maximized: false };

describe('the place of the window', () => {
  it('is remembered', () => {
    const folder = scratch();
    expect(readPlace(folder, [SCREEN])).toBeNull();
    writePlace(folder, PLACE);
    expect(readPlace(folder, [SCREEN])).toEqual(PLACE);
  });

  it.each([
    ['on a screen that is gone', { ...PLACE, x: 2500 }],
    ['above all screens', { ...PLACE, y: -900 }],
    ['smaller than the window may be', { ...PLACE, width: 300 }],
  ])('is not used when it is %s', (_why, place) => {
    const folder = scratch();
    writePlace(folder, place);
    expect(readPlace(folder, [SCREEN])).toBeNull();
  });

  it('is not made of a damaged file', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'window.json'), '{');
    expect(readPlace(folder, [SCREEN])).toBeNull();
  });
});
