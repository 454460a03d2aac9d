// The page around a document: title, navigation, the other language, the chapters.
import { otherLanguage, targetOf } from './pages.mjs';
import { escapeHtml, wayTo } from './render.mjs';

const WORDS = {
  en: { skip: 'To the text', pages: 'Documents', chapters: 'On this page', other: '中文' },
  'zh-CN': { skip: '跳到正文', pages: '文档', chapters: '本页内容', other: 'English' },
};

/**
 * @param {import('./pages.mjs').Page} page
 * @param {{ body: string, headings: { id: string, depth: number, html: string }[] }} rendered
 * @param {import('./pages.mjs').Page[]} pages
 * @returns {string} a whole HTML file that loads nothing but the style sheet and pictures beside it
 */
export function framePage(page, { body, headings }, pages) {
  const words = WORDS[page.language];
  const to = (out) => escapeHtml(wayTo(page.out, out));
  const home = homeOf(page.language, pages);
  const other = otherLanguage(page, pages) ?? otherHome(page, pages);
  const chapters = headings.filter(({ depth }) => depth === 2);
  return `<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)} · Archbridge</title>
<link rel="icon" type="image/svg+xml" href="${to('mark.svg')}">
<link rel="stylesheet" href="${to('docs.css')}">
</head>
<body>
<a class="skip" href="#text">${words.skip}</a>
<header>
<a class="home" href="${to(home.out)}"><img src="${to('mark.svg')}" alt="" width="28" height="28"> Archbridge</a>
${other === undefined ? '' : `<a href="${to(other.out)}" lang="${other.language}">${words.other}</a>`}
</header>
<div class="columns">
<nav aria-label="${words.pages}">
<ul>
${listed(home, pages)
  .map((one) => {
    const here = one === page ? ' aria-current="page"' : '';
    return `<li><a href="${to(one.out)}"${here}>${escapeHtml(one.title)}</a></li>`;
  })
  .join('\n')}
</ul>
</nav>
<main id="text">
${chapters.length < 3 ? '' : chapterList(chapters, words.chapters)}${body}</main>
</div>
</body>
</html>
`;
}

function chapterList(chapters, title) {
  const rows = chapters.map(({ id, html }) => `<li><a href="#${id}">${withoutLinks(html)}</a></li>`);
  return `<details class="chapters"><summary>${title}</summary>\n<ul>\n${rows.join('\n')}\n</ul></details>\n`;
}

const withoutLinks = (html) => html.replaceAll(/<\/?a\b[^>]*>/g, '');

function homeOf(language, pages) {
  const names = language === 'en' ? ['index.html'] : ['index.zh-CN.html', 'index.html'];
  return names.map((name) => pages.find(({ out }) => out === name)).find((found) => found !== undefined);
}

function otherHome(page, pages) {
  const home = homeOf(page.language === 'en' ? 'zh-CN' : 'en', pages);
  return home.language === page.language ? undefined : home;
}

/** The pages that the index names, in its order: it names all of them. */
function listed(home, pages) {
  const links = [...home.text.matchAll(/\]\(([^)#\s]+\.md)\)/g)].map(([, link]) =>
    targetOf(home.source, link),
  );
  const wanted = links.filter((link, at) => links.indexOf(link) === at);
  const found = wanted.map((link) => pages.find(({ source }) => source === link));
  return [home, ...found.filter((one) => one !== undefined && one.language === home.language)];
}
