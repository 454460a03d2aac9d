// The language of the output; known before anything is parsed, because help and parse errors need it too.
import { AppError, LANGUAGES } from '../core/engine.js';
import type { Language } from '../core/contract.js';
import type { Environment } from './io.js';

/** The language of the locale: the first of LC_ALL, LC_MESSAGES and LANG that is set decides. */
export function languageOfLocale(env: Environment): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return /^zh/i.test(locale) ? 'zh-CN' : 'en';
}

/** The language of `--lang`, wherever it stands on the command line; null without the option. */
export function languageOfArgv(argv: readonly string[]): Language | null {
  const text = lastValue(argv, '--lang');
  if (text === null) return null;
  const language = LANGUAGES.find((known) => known.toLowerCase() === text.toLowerCase());
  if (language !== undefined) return language;
  throw new AppError('cli.bad-option-value', {
    origin: 'config',
    params: { option: '--lang', value: text, expected: LANGUAGES.join(', ') },
  });
}

function lastValue(argv: readonly string[], flag: string): string | null {
  let value: string | null = null;
  for (const [index, word] of argv.entries()) {
    if (word === '--') break;
    if (word === flag) value = argv[index + 1] ?? null;
    if (word.startsWith(`${flag}=`)) value = word.slice(flag.length + 1);
  }
  return value;
}
