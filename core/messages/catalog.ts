// Looks up texts for people by key and language: message and hint of each problem, and the texts of CLI and reports.
import { createRequire } from 'node:module';
import type en from './en.json';
import { detailIn } from './details.js';
import { printable } from './printable.js';

// require instead of a JSON import: Node 20 warns on stderr about the latter
const require = createRequire(import.meta.url);

type Catalog = typeof en;
/** Codes of problems; a code without an entry in the catalog does not compile. */
export type ErrorCode = keyof Catalog['problems'];
/** Keys of the other texts. */
export type TextKey = keyof Catalog['texts'];
export type Language = 'en' | 'zh-CN';
export const LANGUAGES: readonly Language[] = ['en', 'zh-CN'];
/** Values for the `{name}` places in a text. */
export type MessageParams = Readonly<Record<string, string | number>>;

interface LooseCatalog {
  readonly problems: Readonly<Record<string, { readonly message: string; readonly hint: string }>>;
  readonly texts: Readonly<Record<string, string>>;
}

const catalogs: Readonly<Record<Language, LooseCatalog>> = {
  en: require('./en.json') as LooseCatalog,
  'zh-CN': require('./zh-CN.json') as LooseCatalog,
};

/** True for a code that this version has words for. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(catalogs.en.problems, code);
}

/** True for a key that this version has a text for. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(catalogs.en.texts, key);
}

/** The message of a problem in one sentence. An unknown code (in a report of a later version) gives the code itself. */
export function messageFor(code: string, params: MessageParams, language: Language): string {
  const entry = catalogs[language].problems[code] ?? catalogs.en.problems[code];
  return fill(entry?.message ?? code, params, language);
}

/** The hint of a problem: what to do next. Empty for an unknown code. */
export function hintFor(code: string, params: MessageParams, language: Language): string {
  const entry = catalogs[language].problems[code] ?? catalogs.en.problems[code];
  return fill(entry?.hint ?? '', params, language);
}

/** A text of the CLI or a report. */
export function textFor(key: TextKey, params: MessageParams, language: Language): string {
  return fill(catalogs[language].texts[key] ?? catalogs.en.texts[key] ?? key, params, language);
}

function fill(text: string, params: MessageParams, language: Language): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = params[name];
    return value === undefined ? place : printable(detailIn(String(value), language));
  });
}
