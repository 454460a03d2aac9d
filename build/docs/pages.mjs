// Which Markdown files become pages of the documentation, and where each page and picture lies in it.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

/** Files beside docs/ that documents link to. */
const PROJECT_PAGES = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'LICENSE',
  'deploy/README.md',
];
const PICTURE = /\.(png|svg)$/;

/**
 * @typedef {{ source: string, out: string, language: 'en' | 'zh-CN', title: string, text: string }} Page
 *   `source`: path from the root of the project, with `/`; `out`: path from the folder of the documentation; `title`: first heading
 */

/** @param {string} root folder of package.json @returns {Page[]} in order of their paths */
export function findPages(root) {
  const docs = filesBelow(root, 'docs').filter((path) => path.endsWith('.md'));
  const beside = PROJECT_PAGES.filter((path) => existsSync(join(root, path)));
  return [...docs, ...beside].map((source) => {
    const text = readFileSync(join(root, source), 'utf8');
    const language = source.endsWith('.zh-CN.md') ? 'zh-CN' : 'en';
    return { source, out: outOf(source), language, title: titleOf(source, text), text };
  });
}

/** @param {string} root @returns {{ source: string, out: string }[]} pictures of the documents */
export function findPictures(root) {
  return filesBelow(root, 'docs')
    .filter((path) => PICTURE.test(path))
    .map((source) => ({ source, out: source.slice('docs/'.length) }));
}

/** The page of the same text in the other language, if there is one. */
export function otherLanguage(page, pages) {
  const other = page.source.endsWith('.zh-CN.md')
    ? page.source.replace(/\.zh-CN\.md$/, '.md')
    : page.source.replace(/\.md$/, '.zh-CN.md');
  return pages.find(({ source }) => source === other && source !== page.source);
}

/** @returns {string} the path of the file that a link in `from` names, from the root of the project */
export function targetOf(from, link) {
  return posix.join(dirname(from), decodeURIComponent(link));
}

/** docs/README.md becomes index.html; pages beside docs/ go to project/. */
function outOf(source) {
  const path = source.startsWith('docs/') ? source.slice('docs/'.length) : `project/${source.toLowerCase()}`;
  const name = path.replace(/\.md$/, '');
  return `${source.startsWith('docs/') ? name.replace(/(^|\/)README(?=$|\.)/, '$1index') : name}.html`;
}

function titleOf(source, text) {
  const heading = /^# (.+)$/m.exec(text)?.[1] ?? source;
  return heading.replaceAll(/[`*]/g, '');
}

function filesBelow(root, folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .map((path) => path.split(sep).join('/'))
    .sort();
}
