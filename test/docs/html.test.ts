// The documentation as HTML opens from disk: every link leads to a file and an anchor that exist, and nothing is loaded from elsewhere.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildDocs } from '../../build/docs.mjs';
import { PROJECT_ROOT } from '../support/source-tree.js';

const scratch = mkdtempSync(join(tmpdir(), 'archbridge-docs-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const folder = join(scratch, 'docs');
const pages = buildDocs(PROJECT_ROOT, folder);
const textOf = (page: string): string => readFileSync(join(folder, page), 'utf8');
const addressesOf = (text: string): readonly string[] =>
  [...text.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, address = '']) => address);
const unescaped = (text: string): string => text.replaceAll('&amp;', '&');

it('every document is a page', () => {
  expect(pages).toEqual(
    expect.arrayContaining([
      'index.html',
      'upgrade.html',
      'upgrade.zh-CN.html',
      'decisions/index.html',
      'project/readme.html',
    ]),
  );
});

describe.each(pages)('%s', (page) => {
  const text = textOf(page);

  it('links to files and anchors that exist', () => {
    const broken = addressesOf(text).filter((address) => {
      if (/^(https?|mailto):/.test(address)) return false;
      const [path = '', anchor] = unescaped(address).split('#');
      const file = path === '' ? join(folder, page) : resolve(folder, dirname(page), path);
      if (!file.startsWith(folder) || !existsSync(file)) return true;
      return (
        anchor !== undefined && !readFileSync(file, 'utf8').includes(`id="${decodeURIComponent(anchor)}"`)
      );
    });
    expect(broken).toEqual([]);
  });

  it('loads nothing from elsewhere and runs no scripts', () => {
    expect(text).not.toMatch(
      /<script|<iframe|\son\w+="|\ssrc="(?:https?:|\/)|<link[^>]*href="(?:https?:|\/)/i,
    );
    expect(text).not.toMatch(/<style|\sstyle="/);
  });

  it('tells its language, and links to the text in the other one', () => {
    const language = page.endsWith('.zh-CN.html') ? 'zh-CN' : 'en';
    expect(text).toContain(`<html lang="${language}">`);
    const twin = page.replace(
      language === 'en' ? /\.html$/ : /\.zh-CN\.html$/,
      language === 'en' ? '.zh-CN.html' : '.html',
    );
    if (pages.includes(twin)) expect(addressesOf(text)).toContain(twin.split('/').at(-1));
  });
});

it('sources and tests, which are not part of the documentation, are no links', () => {
  const upgrade = textOf('upgrade.html');
  expect(upgrade).toContain('packages that charts-syncer wrote');
  expect(upgrade).not.toContain('href="../test');
});
