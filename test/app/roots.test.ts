// Folders that a window may use: links, dots and paths that do not exist yet must not lead out of them.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInside, Roots } from '../../core/app/roots.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };

function sample() {
  const folder = scratch();
  const inside = join(folder, 'inside');
  mkdirSync(join(inside, 'deep'), { recursive: true });
  mkdirSync(join(folder, 'inside-not'));
  writeFileSync(join(folder, 'secret'), 'x');
  symlinkSync(join(folder, 'secret'), join(inside, 'link-out'));
  symlinkSync(folder, join(inside, 'deep', 'up'));
  symlinkSync(join(folder, 'not-there-yet'), join(inside, 'dangling'));
  symlinkSync(join(inside, 'deep'), join(inside, 'link-in'));
  return { folder, inside, roots: new Roots(async () => [inside]) };
}

describe('roots', () => {
  it('allow what lies in them, and what would be created in them', async () => {
    const { inside, roots } = sample();
    for (const path of [inside, join(inside, 'deep'), join(inside, 'new/store'), join(inside, 'link-in/x')]) {
      expect(await roots.allows(path, options), path).toBe(true);
    }
  });

  it('refuse everything else, whichever way leads there', async () => {
    const { folder, inside, roots } = sample();
    const ways = [
      folder,
      '/',
      join(folder, 'inside-not'),
      join(folder, 'secret'),
      `${inside}/../secret`,
      `${inside}/deep/../../secret`,
      join(inside, 'link-out'),
      join(inside, 'deep/up'),
      join(inside, 'deep/up/secret'),
      join(inside, 'deep/up/new'),
      join(inside, 'dangling'),
      join(inside, 'dangling/new'),
      join(inside, 'link-out/below-a-file'),
    ];
    for (const path of ways) expect(await roots.allows(path, options), path).toBe(false);
    await expect(roots.require(join(folder, 'secret'), options)).rejects.toMatchObject({
      code: 'app.outside-roots',
    });
  });

  it('accept a link that is itself a root, and leave out roots that do not exist', async () => {
    const { folder, inside } = sample();
    symlinkSync(inside, join(folder, 'by-link'));
    const roots = new Roots(async () => [join(folder, 'by-link'), join(folder, 'gone')]);
    expect(await roots.list(options)).toEqual([join(folder, 'by-link')]);
    expect(await roots.allows(join(inside, 'deep'), options)).toBe(true);
  });

  it('without any: everything is allowed', async () => {
    expect(await new Roots(null).allows('/', options)).toBe(true);
  });
});

describe('a path', () => {
  it('is inside of every folder that it begins with, and of no other', () => {
    const name = fc.stringMatching(/^[a-z.]{1,4}$/).filter((text) => text !== '.' && text !== '..');
    const names = fc.array(name, { maxLength: 4 });
    fc.assert(
      fc.property(names, names, (base, below) => {
        const folder = `/${base.join('/')}`;
        expect(isInside(join(folder, ...below), folder)).toBe(true);
        expect(
          isInside(
            `/${[...base, 'x', '..', '..', 'elsewhere'].join('/')}`,
            `${folder === '/' ? '' : folder}/x`,
          ),
        ).toBe(false);
      }),
    );
  });
});
