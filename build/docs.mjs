// Renders the documents (docs/ and the pages beside it) as HTML that opens from disk: no scripts, relative links, light and dark.
//   node build/docs.mjs [FOLDER, default: dist/docs]
import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { framePage } from './docs/frame.mjs';
import { findPages, findPictures } from './docs/pages.mjs';
import { renderPage } from './docs/render.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * Writes the documentation; `index.html` is its first page. The folder is replaced when all is written.
 * @param {string} root folder of package.json
 * @param {string} folder
 * @returns {string[]} the pages, as paths from `folder`
 */
export function buildDocs(root, folder) {
  const next = `${folder}.next`;
  rmSync(next, { recursive: true, force: true });
  const pages = findPages(root);
  const pictures = findPictures(root);
  const places = new Map([...pages, ...pictures].map(({ source, out }) => [source, out]));
  for (const page of pages) {
    writeInto(next, page.out, (path) =>
      writeFileSync(path, framePage(page, renderPage(page, places), pages)),
    );
  }
  for (const { source, out } of pictures)
    writeInto(next, out, (path) => copyFileSync(join(root, source), path));
  copyFileSync(join(here, 'docs', 'docs.css'), join(next, 'docs.css'));
  copyFileSync(join(root, 'renderer', 'theme', 'mark.svg'), join(next, 'mark.svg'));
  rmSync(folder, { recursive: true, force: true });
  renameSync(next, folder);
  return pages.map(({ out }) => out);
}

function writeInto(folder, out, write) {
  const path = join(folder, out);
  mkdirSync(dirname(path), { recursive: true });
  write(path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(here);
  const folder = resolve(process.argv[2] ?? join(root, 'dist', 'docs'));
  const pages = buildDocs(root, folder);
  console.log(`${pages.length} pages, first ${join(folder, 'index.html')}`);
}
