// The documents for contributors name files and folders that exist, and every zone.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOSTS, ORDER } from '../../build/zones.mjs';
import { filesIn, PROJECT_ROOT } from '../support/source-tree.js';

const FOLDERS = 'core|cli|web|electron|renderer|build|bench|test|docs|examples';
const pages = [
  ...readdirSync(PROJECT_ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(PROJECT_ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Paths of this project that a text names in backticks, from the root; a folder ends with `/`, `*` stands for any name. */
function pathsOf(text: string): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```/gms, '');
  return [...prose.matchAll(new RegExp(`\`((?:${FOLDERS})/[^\`\\s]*)\``, 'g'))].map(([, path = '']) => path);
}

/** True for a path that leads to a file or folder; with `*` to at least one file. */
function leadsSomewhere(path: string): boolean {
  if (!path.includes('*')) return existsSync(join(PROJECT_ROOT, path));
  const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\*+/g, '.*')}$`);
  return filesIn(path.split('/')[0] ?? '').some((file) => pattern.test(file));
}

it('a path is recognized, and one that leads nowhere is found', () => {
  expect(pathsOf('`core/plan/fuse.ts`, `test/docs/`, `npm test`, `a/b`\n```\n`core/x`\n```\n')).toEqual([
    'core/plan/fuse.ts',
    'test/docs/',
  ]);
  expect(leadsSomewhere('core/plan/fuse.ts')).toBe(true);
  expect(leadsSomewhere('core/plan/no-such-file.ts')).toBe(false);
  expect(leadsSomewhere('core/plan/no-such-*.ts')).toBe(false);
  expect(leadsSomewhere('core/plan/fu*.ts')).toBe(true);
});

it.each(pages)('%s names files that exist', (page) => {
  const paths = pathsOf(readFileSync(join(PROJECT_ROOT, page), 'utf8'));
  expect(paths.filter((path) => !leadsSomewhere(path))).toEqual([]);
});

describe('the chapter Zones of ARCHITECTURE.md', () => {
  const text = readFileSync(join(PROJECT_ROOT, 'ARCHITECTURE.md'), 'utf8');
  const chapter = /^## Zones\n(.*?)^## /ms.exec(text)?.[1] ?? '';
  const rows = chapter.split('\n').filter((line) => line.startsWith('| `'));

  it('names every zone, from left to right', () => {
    const zones = rows
      .flatMap((row) => pathsOf(row.split('|')[1] ?? ''))
      .filter((path) => path.startsWith('core/'))
      .map((path) => path.replaceAll(/^core\/|\/$|\.ts$/g, ''));
    const named = zones.filter((zone, at) => zones.indexOf(zone) === at);
    // a zone inside another may be named by the outer one
    const missing = ORDER.filter((zone) => !named.some((one) => zone === one || zone.startsWith(`${one}/`)));
    expect(missing).toEqual([]);
    expect(named).toEqual(ORDER.filter((zone) => named.includes(zone)));
  });

  it('says of each host which zones it may import', () => {
    const allowed = rows.map((row) => row.split('|').map((cell) => cell.trim()));
    for (const [host, zones] of Object.entries(HOSTS)) {
      const cell = allowed.find(([, name]) => name === `\`${host}/\``)?.at(-2) ?? '';
      const named = ORDER.filter((zone) => new RegExp(`\\b${zone}\\b`).test(cell));
      expect(named, host).toEqual(ORDER.filter((zone) => zones.includes(zone)));
    }
  });
});
