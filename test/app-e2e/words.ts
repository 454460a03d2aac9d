// The texts of the window by their keys, in its language, so that specs look for what a person reads.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PROJECT_ROOT } from '../support/source-tree.js';

export type Say = (key: string, places?: Readonly<Record<string, string | number>>) => string;

export type Language = 'en' | 'zh-CN';

const catalogs = { en: catalog('en'), 'zh-CN': catalog('zh-CN') };

function catalog(language: Language): Readonly<Record<string, string>> {
  const text = readFileSync(join(PROJECT_ROOT, 'renderer', 'i18n', `${language}.json`), 'utf8');
  return z.record(z.string(), z.string()).parse(JSON.parse(text));
}

export function wordsIn(language: Language): Say {
  return (key, places = {}) => {
    const plural = places['count'] === 1 && language === 'en' ? `${key}_one` : `${key}_other`;
    const text = catalogs[language][key] ?? catalogs[language][plural];
    if (text === undefined) throw new Error(`The window has no words for ${key}.`);
    return Object.entries(places).reduce(
      (all, [name, value]) => all.replaceAll(`{${name}}`, written(value, language)),
      text,
    );
  };
}

/** A pattern for one of these texts, with any values in its places and both plural forms. */
export type Like = (...keys: readonly string[]) => RegExp;

export function likeIn(language: Language): Like {
  return (...keys) => {
    const texts = keys.flatMap((key) => {
      const found = [key, `${key}_one`, `${key}_other`].flatMap((each) => catalogs[language][each] ?? []);
      if (found.length === 0) throw new Error(`The window has no words for ${key}.`);
      return found;
    });
    const sources = texts.map((text) =>
      text
        .split(/\{\w+\}/)
        .map(literal)
        .join('.+'),
    );
    return new RegExp(`^(?:${sources.join('|')})$`);
  };
}

function written(value: string | number, language: Language): string {
  return typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
