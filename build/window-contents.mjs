// What the window takes from outside renderer/ when it is built: the documents, as help without a network, and the licences of
// everything that is delivered with it. A plugin of Vite: the modules `virtual:help` and `virtual:licences`.
import { findPages } from './docs/pages.mjs';
import { renderPage } from './docs/render.mjs';
import { licences } from './package/third-party.mjs';

/** @param {string} root folder of package.json @returns {import('vite').Plugin} */
export function windowContents(root) {
  const modules = new Map([
    ['virtual:help', () => `export const pages = ${JSON.stringify(helpPages(root))};`],
    ['virtual:licences', () => `export const parts = ${JSON.stringify(licences(root))};`],
  ]);
  return {
    name: 'window-contents',
    resolveId: (id) => (modules.has(id) ? `\0${id}` : null),
    load: (id) => modules.get(id.replace(/^\0/, ''))?.() ?? null,
  };
}

/**
 * The documents without decision pages and pages of the project. Links lead from page to page; addresses outside are plain text,
 * because the window contacts nobody.
 * @param {string} root
 * @returns {{ id: string, language: 'en' | 'zh-CN', title: string, html: string }[]} the first page first
 */
export function helpPages(root) {
  const pages = findPages(root).filter(({ source }) => /^docs\/[^/]+\.md$/.test(source));
  const places = new Map(pages.map(({ source, out }) => [source, out]));
  return pages
    .map((page) => ({
      id: page.out.replace(/\.html$/, ''),
      language: page.language,
      title: page.title,
      html: ownHeadings(withoutOutside(renderPage(page, places).body)),
    }))
    .sort((a, b) => Number(b.id === 'index') - Number(a.id === 'index'));
}

/** The window has one heading of the first level, so those of a page are one level lower. */
function ownHeadings(html) {
  return html.replaceAll(/<(\/?)h([1-5])\b/g, (_, end, depth) => `<${end}h${Number(depth) + 1}`);
}

function withoutOutside(html) {
  return html.replaceAll(/<a href="[a-z]+:[^"]*">(.*?)<\/a>/gs, '$1').replaceAll(/<img [^>]*>/g, '');
}
