// Renders one Markdown document as the body of a page: links between documents become links between pages, headings get anchors.
import { posix } from 'node:path';
import { Marked } from 'marked';
import { targetOf } from './pages.mjs';

/**
 * @param {import('./pages.mjs').Page} page
 * @param {Map<string, string>} places of pages and pictures: path in the project to path in the documentation
 * @returns {{ body: string, headings: { id: string, depth: number, html: string }[] }} links to files that are not part of the
 *   documentation (sources, tests) become plain text
 */
export function renderPage(page, places) {
  const headings = [];
  const used = new Map();
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth, text }) {
        const id = unique(anchorOf(text), used);
        const html = this.parser.parseInline(tokens);
        headings.push({ id, depth, html });
        return `<h${depth} id="${id}">${html}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const html = this.parser.parseInline(tokens);
        const to = linkOf(href, page, places);
        return to === null ? html : `<a href="${escapeHtml(to)}">${html}</a>`;
      },
      image({ href, text }) {
        const to = linkOf(href, page, places) ?? '';
        return `<img src="${escapeHtml(to)}" alt="${escapeHtml(text)}">`;
      },
      // keyboards scroll only what they can reach
      code({ text }) {
        return `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`;
      },
      // comments are marks for tests; documents hold no other HTML
      html({ text }) {
        return /^\s*<!--[^]*-->\s*$/.test(text) ? '' : escapeHtml(text);
      },
    },
  });
  const body = marked
    .parse(page.source.endsWith('.md') ? page.text : `# ${page.title}\n\n\`\`\`\n${page.text}\n\`\`\`\n`)
    .replaceAll('<table>', '<div class="table" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>');
  return { body, headings };
}

/** @returns {string} an anchor as GitHub makes it of a heading: lower case, without punctuation, hyphens for blanks */
export function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

/** @returns {string} */
export function escapeHtml(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** @returns {string} the way from one file of the documentation to another */
export function wayTo(from, to) {
  return posix.relative(posix.dirname(from), to);
}

/** A second heading of the same words gets -1, as on GitHub. */
function unique(id, used) {
  const count = used.get(id) ?? 0;
  used.set(id, count + 1);
  return count === 0 ? id : `${id}-${count}`;
}

/** The address in the documentation; null for files that are not part of it. */
function linkOf(href, page, places) {
  if (/^[a-z]+:/i.test(href) || href.startsWith('#')) return href;
  const [path = '', anchor] = href.split('#');
  const target = targetOf(page.source, path);
  // a folder stands for its README
  const to = places.get(target) ?? places.get(posix.join(target, 'README.md'));
  if (to === undefined) return null;
  return wayTo(page.out, to) + (anchor === undefined ? '' : `#${anchor}`);
}
