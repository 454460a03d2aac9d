// Links between documents lead somewhere, and the index of docs/ names every page.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/source-tree.js';

const DOCS = join(PROJECT_ROOT, 'docs');
const isPage = (name: string): boolean => name.endsWith('.md');
const pages = [
  ...readdirSync(PROJECT_ROOT)
    .filter(isPage)
    .map((name) => join(PROJECT_ROOT, name)),
  ...readdirSync(DOCS, { recursive: true, encoding: 'utf8' })
    .filter(isPage)
    .map((name) => join(DOCS, name)),
];

/** Targets of links into this project, without links in code. */
function linksOf(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8')
    .replaceAll(/^```.*?^```/gms, '')
    .replaceAll(/`[^`\n]*`/g, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** Anchors as GitHub makes them of headings: lower case, without punctuation, hyphens for blanks. */
function anchorsOf(path: string): readonly string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}

it.each(pages.map((path) => relative(PROJECT_ROOT, path)))('%s links to what is there', (name) => {
  const path = join(PROJECT_ROOT, name);
  const broken = linksOf(path).filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : join(dirname(path), file);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(target).includes(decodeURIComponent(anchor));
  });
  expect(broken).toEqual([]);
});

it('the index names every page', () => {
  const linked = linksOf(join(DOCS, 'README.md')).map((link) => join(DOCS, link));
  const missing = pages.filter((path) => dirname(path) === DOCS && !path.endsWith('README.md'));
  expect(missing.filter((path) => !linked.includes(path))).toEqual([]);
});
