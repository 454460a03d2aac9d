// Which page of the help is shown, and where on it.
import { create } from 'zustand';
import { useApp } from './app.js';

/** A place in the documents. */
export interface HelpPlace {
  /** Name of the page, as `undo`; `index` is the first one. */
  readonly page: string;
  /** A heading of the page; '' for its begin. */
  readonly anchor: string;
}

interface HelpState extends HelpPlace {
  /** Grows each time a place is opened, so that the same place opened again is scrolled to again. */
  readonly times: number;
  /** Opens the help there. */
  readonly open: (place: HelpPlace) => void;
}

export const useHelp = create<HelpState>()((set) => ({
  page: 'index',
  anchor: '',
  times: 0,
  open(place) {
    set(({ times }) => ({ ...place, times: times + 1 }));
    useApp.getState().show('help');
  },
}));

/** The section of a problem; its heading is the code. */
export function helpOf(code: string): HelpPlace {
  return { page: 'troubleshooting', anchor: code.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '') };
}

/** Where a link of a page leads: `undo.html#what`, `#what`; null for anything else. */
export function placeOfLink(href: string, from: string): HelpPlace | null {
  const [, page = '', anchor = ''] = /^(?:([\w.-]+)\.html)?(?:#(.*))?$/.exec(href) ?? [];
  if (page === '' && anchor === '') return null;
  return { page: page === '' ? from : page, anchor: decodeURIComponent(anchor) };
}

/** The pages for a language: its own, and those that it does not have in English. */
export function pagesIn<P extends { readonly id: string; readonly language: string }>(
  pages: readonly P[],
  language: string,
): readonly P[] {
  const translated = new Set(
    pages.filter((page) => page.language === language).map(({ id }) => id.replace(`.${language}`, '')),
  );
  return pages.filter(
    (page) =>
      page.language === language ||
      (page.language === 'en' && (language === 'en' || !translated.has(page.id))),
  );
}

/**
 * Where words stand on a page: the heading of the first section that names them in its heading, else of the first that holds them.
 * '' where they stand before the first heading; null where the page does not hold them.
 */
export function sectionWith(html: string, words: string): string | null {
  const wanted = words.trim().toLowerCase();
  const sections = html.split(/(?=<h[1-6] id=")/).map((part) => {
    const [head = '', id = ''] = /^<h[1-6] id="([^"]*)".*?<\/h[1-6]>/s.exec(part) ?? [];
    return { id, head: wordsOf(head), all: wordsOf(part) };
  });
  const found =
    sections.find(({ head }) => head.includes(wanted)) ?? sections.find(({ all }) => all.includes(wanted));
  return found?.id ?? null;
}

/** The text without its marks, in small letters. */
function wordsOf(html: string): string {
  return html.replaceAll(/<[^>]*>/g, '').toLowerCase();
}
