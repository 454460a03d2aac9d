// Formats bytes, numbers, dates and durations in the language of the window.
import type { Language } from '../core/contract.js';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units (1 GB = 10^9 B), one decimal from 1 GB up, whole numbers below. */
export function bytes(value: number, language: Language): string {
  let [size, unit] = [value, 0];
  while (unit < UNITS.length - 1 && Number(size.toFixed(unit >= 3 ? 1 : 0)) >= 1000) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit >= 3 ? 1 : 0;
  const number = new Intl.NumberFormat(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${number.format(size)}\u00a0${UNITS[unit] ?? 'TB'}`;
}

export function count(value: number, language: Language): string {
  return new Intl.NumberFormat(language).format(value);
}

/** Names one after the other: `a, b`, in Chinese `a、b`. */
export function list(names: readonly string[], language: Language): string {
  return names.join(language === 'zh-CN' ? '、' : ', ');
}

/** Lists one after the other, each of which has commas of its own. */
export function groups(lists: readonly string[], language: Language): string {
  return lists.join(language === 'zh-CN' ? '；' : '; ');
}

/** Parts of a sentence one after the other, with the comma of the language. */
export function clauses(parts: readonly string[], language: Language): string {
  return parts.join(language === 'zh-CN' ? '，' : ', ');
}

/** Whole percents: 100 only when all is done, 0 only when nothing is. */
export function percent(done: number, total: number): number {
  if (total <= 0) return 0;
  if (done >= total) return 100;
  return done <= 0 ? 0 : Math.min(99, Math.max(1, Math.round((done / total) * 100)));
}

/** `22 November, 14:33`, with the year when it is not the current one. */
export function dateTime(iso: string, language: Language, now = new Date()): string {
  const date = new Date(iso);
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  const locale = language === 'en' ? 'en-GB' : language;
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', ...year });
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  return `${day.format(date)}${language === 'en' ? ',' : ''} ${clock.format(date)}`;
}

/** `13 July 2023`. */
export function date(iso: string, language: Language): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(new Date(iso));
}

/** `14:33:08`. */
export function time(iso: string, language: Language): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { timeStyle: 'medium' }).format(
    new Date(iso),
  );
}

/** `12 min 58 s`, the two largest units. */
export function duration(seconds: number, language: Language): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const zh = language === 'zh-CN';
  const parts = [
    hours > 0 ? `${hours}\u00a0${zh ? '小时' : 'h'}` : '',
    minutes > 0 ? `${minutes}\u00a0${zh ? '分' : 'min'}` : '',
    rest > 0 || whole === 0 ? `${rest}\u00a0${zh ? '秒' : 's'}` : '',
  ].filter((part) => part !== '');
  return parts.slice(0, 2).join('\u00a0');
}

/** `sha256:7d21…b04e`: begin and end are enough to tell digests apart; the tooltip shows all of it. */
export function shortDigest(digest: string): string {
  const [, algorithm = '', hex = digest] = /^(\w+:)?(.*)$/.exec(digest) ?? [];
  return hex.length > 12 ? `${algorithm}${hex.slice(0, 4)}…${hex.slice(-4)}` : digest;
}
