// The window names its own buttons: no option of the command line is in anything that it says of a problem.
import { describe, expect, it } from 'vitest';
import { problems as english } from '../../core/messages/en.json';
import { problems as chinese } from '../../core/messages/zh-CN.json';
import englishInApp from '../../renderer/i18n/app-words.en.json';
import chineseInApp from '../../renderer/i18n/app-words.zh-CN.json';
import texts from '../../renderer/i18n/en.json';
import chineseTexts from '../../renderer/i18n/zh-CN.json';

type Words = Readonly<Record<string, { readonly message?: string; readonly hint?: string }>>;

const LANGUAGES: readonly (readonly [string, Words, Words, Readonly<Record<string, string>>])[] = [
  ['en', english, englishInApp, texts],
  ['zh-CN', chinese, chineseInApp, chineseTexts],
];

const OF_COMMAND_LINE = /^cli\.|^report\.join-|^config\.not-a-manifest$/;
/** An option, a command between backticks, or a place that the engine fills with options. */
const NAMES_COMMANDS = /--\w|`archbridge |\{options?\}/;

const places = (text = ''): readonly string[] => [...new Set(text.match(/\{\w+\}/g))].sort();

describe.each(LANGUAGES)('the words of the window in %s', (_language, catalog, inApp, window) => {
  it('hold no option and no command of the command line, in no place of theirs either', () => {
    const shown = Object.entries(catalog)
      // Problems of the command line's own arguments do not come from the app.
      .filter(([code]) => !OF_COMMAND_LINE.test(code))
      .map(([code, words]) => ({ code, ...words, ...inApp[code] }));
    const wrong = shown.filter(({ message = '', hint = '' }) => NAMES_COMMANDS.test(`${message} ${hint}`));
    expect(wrong).toEqual([]);
    // The engine tells what was asked for as options.
    expect(inApp['run.nothing-selected']?.message).not.toContain('{asked}');
    expect(Object.entries(window).filter(([, text]) => /--\w/.test(text))).toEqual([]);
  });

  it('exist only where the catalog has options, and use its places', () => {
    for (const [code, words] of Object.entries(inApp)) {
      const known = catalog[code];
      expect(`${known?.message ?? ''} ${known?.hint ?? ''}`, code).toMatch(NAMES_COMMANDS);
      const given = new Set(places(`${known?.message ?? ''} ${known?.hint ?? ''}`));
      const used = places(`${words.message ?? ''} ${words.hint ?? ''}`);
      expect(
        used.filter((place) => !given.has(place)),
        code,
      ).toEqual([]);
    }
  });
});

it('exist for the same problems in both languages', () => {
  expect(Object.keys(chineseInApp)).toEqual(Object.keys(englishInApp));
});
