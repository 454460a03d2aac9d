// The words of a problem in the window: short title and place from this file, message and hint from the engine's catalog, or from
// app-words where the catalog names options of the command line.
import { detailIn } from '../../core/messages/details.js';
import { printable } from '../../core/messages/printable.js';
import { problems as english } from '../../core/messages/en.json';
import englishInApp from './app-words.en.json';
import chineseInApp from './app-words.zh-CN.json';
import { problems as chinese } from '../../core/messages/zh-CN.json';
import type { Language, Problem } from '../../core/contract.js';
import { count as numberIn } from '../format.js';
import { useFormat, useText, type TextKey } from './i18n.js';

export interface ProblemWords {
  readonly title: string;
  /** The place of the problem: Package, Registry, This computer, ... */
  readonly place: string;
  readonly message: string;
  readonly hint: string;
}

interface Words {
  readonly message: string;
  readonly hint: string;
}
const WORDS: Readonly<Record<Language, Readonly<Record<string, Words>>>> = {
  en: english,
  'zh-CN': chinese,
};

/** The same where the words for the command line name its options: here they name the buttons of the window. */
const IN_APP: Readonly<Record<Language, Readonly<Record<string, Partial<Words>>>>> = {
  en: englishInApp,
  'zh-CN': chineseInApp,
};

const PLACES: Readonly<Record<Problem['origin'], TextKey>> = {
  package: 'problem.place.package',
  registry: 'problem.place.registry',
  'chart-repo': 'problem.place.charts',
  disk: 'problem.place.computer',
  config: 'problem.place.settings',
  app: 'problem.place.app',
};

const GENERAL_TITLES: Readonly<Record<Problem['origin'], TextKey>> = {
  package: 'problem.title.package',
  registry: 'problem.title.registry',
  'chart-repo': 'problem.title.charts',
  disk: 'problem.title.computer',
  config: 'problem.title.settings',
  app: 'problem.title.app',
};

const TITLES: Readonly<Record<string, TextKey>> = {
  'registry.credentials-needed': 'problem.title.passwordNeeded',
  'registry.credentials-refused': 'problem.title.passwordRefused',
  'registry.no-space': 'problem.title.registryFull',
  'registry.project-missing': 'problem.title.projectMissing',
  'registry.quota-exceeded': 'problem.title.projectFull',
  'registry.tls-client-certificate': 'problem.title.certificate',
  'registry.tls-expired': 'problem.title.certificate',
  'registry.tls-not-yet-valid': 'problem.title.certificate',
  'registry.tls-self-signed': 'problem.title.certificate',
  'registry.tls-unknown-authority': 'problem.title.certificate',
  'registry.tls-wrong-host': 'problem.title.certificate',
  'registry.unreachable': 'problem.title.unreachable',
  'registry.unreachable-dns': 'problem.title.unreachable',
  'registry.unreachable-timeout': 'problem.title.unreachable',
  'registry.unreachable-reset': 'problem.title.unreachable',
  'registry.unreachable-tls': 'problem.title.certificate',
  'chart-repo.no-space': 'problem.title.registryFull',
  'chart-repo.unauthorized': 'problem.title.passwordRefused',
  'disk.no-space': 'problem.title.diskFull',
  'package.checksum-mismatch': 'problem.title.checksum',
  'package.damaged': 'problem.title.damaged',
  'package.truncated': 'problem.title.damaged',
  'package.not-found': 'problem.title.gone',
  'plan.tag-unreadable': 'problem.title.tagUnreadable',
  'app.connection-lost': 'problem.title.connectionLost',
};

/** Titles of kinds of problems whose codes have no title of their own. */
const TITLES_OF_KINDS: readonly (readonly [RegExp, TextKey])[] = [
  [/^run\.platform-missing|^verify\.platform-/, 'problem.title.platformMissing'],
  [/mislabelled/, 'problem.title.mislabelled'],
  [/^run\.chart-image/, 'problem.title.chartImages'],
  [/^chart\./, 'problem.title.chart'],
  [/^(?:plan|run)\.image-|^run\.dispute/, 'problem.title.image'],
];

function titleOf({ code, origin }: Problem): TextKey {
  const ofKind = TITLES_OF_KINDS.find(([pattern]) => pattern.test(code));
  return TITLES[code] ?? ofKind?.[1] ?? GENERAL_TITLES[origin];
}

/** The words of a problem in the current language. A code that this version does not know keeps the words that came with it. */
export function useProblemWords(): (problem: Problem) => ProblemWords {
  const text = useText();
  const { language } = useFormat();
  return (problem) => {
    const words = { ...(WORDS[language][problem.code] ?? problem), ...IN_APP[language][problem.code] };
    return {
      title: text(titleOf(problem)),
      place: text(PLACES[problem.origin]),
      message: fill(words.message, problem.params, language),
      hint: fill(words.hint, problem.params, language),
    };
  };
}

function fill(text: string, params: Problem['params'], language: Language): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = params[name] ?? place;
    // Digits of a port are not grouped.
    if (typeof value === 'number' && name !== 'port') return numberIn(value, language);
    return printable(detailIn(String(value), language));
  });
}
