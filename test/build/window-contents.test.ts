// What the window takes from the documents and packages when it is built: whole pages without outside links, a licence for each package.
import { describe, expect, it } from 'vitest';
import en from '../../core/messages/en.json' with { type: 'json' };
import { helpOf, pagesIn, placeOfLink } from '../../renderer/stores/help.js';
import { licences } from '../../build/package/third-party.mjs';
import { helpPages } from '../../build/window-contents.mjs';
import { PROJECT_ROOT } from '../support/source-tree.js';

describe('the help', () => {
  const pages = helpPages(PROJECT_ROOT);

  it('begins with its index and holds every guide in its languages', () => {
    expect(pages[0]?.id).toBe('index');
    const ids = pages.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['upgrade', 'upgrade.zh-CN', 'troubleshooting', 'undo']));
    expect(pagesIn(pages, 'en').map(({ id }) => id)).not.toContain('upgrade.zh-CN');
    const chinese = pagesIn(pages, 'zh-CN').map(({ id }) => id);
    expect(chinese).toEqual(expect.arrayContaining(['upgrade.zh-CN', 'undo']));
    expect(chinese).not.toContain('upgrade');
  });

  it('loads nothing and links to nothing but its own pages and headings', () => {
    for (const { id, html } of pages) {
      expect(html).not.toMatch(/<(?:img|script|iframe|style|link)\b/);
      expect(html).not.toContain('<h1');
      for (const [, href = ''] of html.matchAll(/<a href="([^"]*)"/g)) {
        const place = placeOfLink(href, id);
        const page = pages.find((one) => one.id === place?.page);
        expect(page, `${id}: ${href}`).toBeDefined();
        if (place?.anchor) expect(page?.html, `${id}: ${href}`).toContain(`id="${place.anchor}"`);
      }
    }
  });

  it('has a section for every problem', () => {
    const html = pages.find(({ id }) => id === 'troubleshooting')?.html ?? '';
    const without = Object.keys(en.problems).filter((code) => !html.includes(`id="${helpOf(code).anchor}"`));
    expect(without).toEqual([]);
  });
});

describe('the licences', () => {
  it('name every package that is delivered, and none that only builds', () => {
    const parts = licences(PROJECT_ROOT);
    const names = parts.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['react', 'undici', 'tar', '@fontsource-variable/inter']));
    expect(names).not.toContain('typescript');
    expect(
      parts.filter(({ version, licence, text }) => version === '' || licence === '' || text === ''),
    ).toEqual([]);
    expect(parts.find(({ name }) => name === 'react')?.text).toContain('Permission is hereby granted');
  });
});
