// The texts of the window in both languages, and the current language.
import i18next from 'i18next';
import { useCallback, useMemo } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { Language } from '../../core/contract.js';
import * as format from '../format.js';
import en from './en.json';
import zh from './zh-CN.json';

type WithoutPlural<K> = K extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : K;
/** Keys of texts. A text with plural forms has one key; `{count}` is the place of the number. */
export type TextKey = WithoutPlural<keyof typeof en>;
export type Places = Readonly<Record<string, string | number>>;
export type Say = (key: TextKey, places?: Places) => string;

export const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', 'zh-CN': '简体中文' };

const started = i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en }, 'zh-CN': { translation: zh } },
  keySeparator: false,
  nsSeparator: false,
  initAsync: false,
  // Switches off i18next's advertisement in the console.
  showSupportNotice: false,
  interpolation: { prefix: '{', suffix: '}', escapeValue: false },
});
void started;

/** A text outside of a component (notifications, titles of the window). */
export const say: Say = (key, places) => i18next.t(key, filledWith(places, currentLanguage()));

/** Switches the window to a language. */
export function speak(language: Language): void {
  void i18next.changeLanguage(language);
}

/** The language of the window. */
export function currentLanguage(): Language {
  return i18next.language === 'zh-CN' ? 'zh-CN' : 'en';
}

/** Names one after the other, as the language of the window writes them. */
export function listNames(names: readonly string[]): string {
  return format.list(names, currentLanguage());
}

/** Lists one after the other, each of which has commas of its own. */
export function listGroups(lists: readonly string[]): string {
  return format.groups(lists, currentLanguage());
}

/** A hook with the texts by key; components render again when the language changes. */
export function useText(): Say {
  const { t } = useTranslation();
  return useCallback((key, places) => t(key, filledWith(places, currentLanguage())), [t]);
}

/** The count decides between the plural forms; in the text it appears as the language writes numbers. */
function filledWith(places: Places = {}, language: Language) {
  const written = Object.entries(places).map(([name, value]) => [
    name,
    typeof value === 'number' ? format.count(value, language) : value,
  ]);
  return { ...places, replace: Object.fromEntries(written) as Places };
}

/** A hook that formats numbers, bytes and dates in the current language. */
export function useFormat() {
  const language: Language = useTranslation().i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  return useMemo(
    () => ({
      language,
      bytes: (value: number) => format.bytes(value, language),
      count: (value: number) => format.count(value, language),
      list: (names: readonly string[]) => format.list(names, language),
      clauses: (parts: readonly string[]) => format.clauses(parts, language),
      date: (iso: string) => format.date(iso, language),
      dateTime: (iso: string) => format.dateTime(iso, language),
      time: (iso: string) => format.time(iso, language),
      duration: (seconds: number) => format.duration(seconds, language),
    }),
    [language],
  );
}
