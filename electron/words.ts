// Texts of the program itself (menu, dialogs, notifications) from the message catalog, in the language of the settings.
import { textFor, type MessageParams, type TextKey } from '../core/messages/catalog.js';
import type { AppSettings, Language } from '../core/contract.js';

export type Say = (key: TextKey, params?: MessageParams) => string;

/** The language for a locale as the system reports it. */
export function languageOfLocale(locale: string): Language {
  return /^zh/i.test(locale) ? 'zh-CN' : 'en';
}

/** Texts in one language, which settings may change. */
export class Words {
  readonly #system: Language;
  #language: Language;

  constructor(system: Language) {
    this.#system = system;
    this.#language = system;
  }

  readonly say: Say = (key, params = {}) => textFor(key, params, this.#language);

  /** Takes over the language of the settings; true when it changed. */
  heed({ language }: Pick<AppSettings, 'language'>): boolean {
    const before = this.#language;
    this.#language = language === 'system' ? this.#system : language;
    return this.#language !== before;
  }
}
