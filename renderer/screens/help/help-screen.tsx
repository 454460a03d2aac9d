// The help: the project's documents, built into the window, so that they are there without a network.
import { TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState, type MouseEvent } from 'react';
import type { pages as helpPages } from 'virtual:help';
import { Screen } from '../../frame/screen.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { IconSearch } from '../../parts/icons.js';
import { pagesIn, placeOfLink, sectionWith, useHelp } from '../../stores/help.js';
import css from './help.module.css';

type Pages = typeof helpPages;
type Page = Pages[number];

export function HelpScreen() {
  const text = useText();
  const { language } = useFormat();
  const all = usePages();
  const { page: wanted, open } = useHelp();
  const [words, setWords] = useState('');
  const pages = useMemo(() => pagesIn(all, language), [all, language]);
  const found = useMemo(
    () =>
      pages.flatMap((page) => {
        const section = words.trim() === '' || holds(page.title, words) ? '' : sectionWith(page.html, words);
        return section === null ? [] : [{ page, section }];
      }),
    [pages, words],
  );
  const page = pages.find(({ id }) => id === `${wanted}.${language}`) ?? all.find(({ id }) => id === wanted);
  return (
    <Screen title={text('help.title')} purpose={text('help.purpose')} still>
      <div className={css.columns}>
        <nav className={css.pages} aria-label={text('help.pages')}>
          <TextInput
            size="xs"
            value={words}
            leftSection={<IconSearch size={14} />}
            placeholder={text('help.search')}
            aria-label={text('help.search')}
            onChange={({ currentTarget }) => setWords(currentTarget.value)}
          />
          <ul>
            {found.map(({ page: one, section }) => (
              <li key={one.id} lang={one.language}>
                <button
                  type="button"
                  className={css.page}
                  aria-current={one === page ? 'page' : undefined}
                  onClick={() => open({ page: one.id, anchor: section })}
                >
                  {one.title}
                </button>
              </li>
            ))}
          </ul>
          {all.length > 0 && found.length === 0 && <p className="muted">{text('palette.nothing')}</p>}
        </nav>
        {page && <Article key={page.id} page={page} />}
      </div>
    </Screen>
  );
}

function Article({ page }: { readonly page: Page }) {
  const { anchor, times } = useHelp();
  const article = useRef<HTMLElement>(null);
  useEffect(() => {
    const heading = anchor === '' ? null : article.current?.querySelector(`#${CSS.escape(anchor)}`);
    if (heading) heading.scrollIntoView();
    else article.current?.scrollTo({ top: 0 });
  }, [anchor, times]);
  const follow = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null) return;
    event.preventDefault();
    const place = placeOfLink(link.getAttribute('href') ?? '', page.id);
    if (place !== null) useHelp.getState().open(place);
  };
  return (
    <article
      ref={article}
      className={css.article}
      lang={page.language}
      tabIndex={0}
      aria-label={page.title}
      onClick={follow}
      // Made from the project's own documents when the window is built; nothing from outside is in it.
      dangerouslySetInnerHTML={{ __html: page.html }}
    />
  );
}

/** The documents are loaded when the help is opened for the first time. */
function usePages(): Pages {
  const [pages, setPages] = useState<Pages>([]);
  useEffect(() => {
    void import('virtual:help').then((help) => setPages(help.pages));
  }, []);
  return pages;
}

function holds(title: string, words: string): boolean {
  return title.toLowerCase().includes(words.trim().toLowerCase());
}
