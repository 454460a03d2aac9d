// Words of the program itself (menu, dialogs, notifications), from the one catalog, in the language of the settings.
import { textFor, type MessageParams, type TextKey } from '../core/messages/catalog.js';
import type { AppSettings, Language } from '../core/contract.js';

export type Say = (key: TextKey, params?: MessageParams) => string;

/** Of a locale as the system gives it. */
export function languageOfLocale(locale: string): Language {
  return /^zh/i.test(locale) ? 'zh-CN' : 'en';
}

/** Speaks one language until it is told another one. */
export class Words {
  readonly #system: Language;
  #language: Language;

  constructor(system: Language) {
    this.#system = system;
    this.#language = system;
  }

  readonly say: Say = (key, params = {}) => textFor(key, params, this.#language);

  /** True when the language is another one now. */
  heed({ language }: Pick<AppSettings, 'language'>): boolean {
    const before = this.#language;
    this.#language = language === 'system' ? this.#system : language;
    return this.#language !== before;
  }
}
