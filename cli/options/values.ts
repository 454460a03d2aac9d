// Reads single options from what commander parsed; wrong values get one kind of error.
import { AppError } from '../../core/engine.js';
import type { OptionValues } from '../command.js';

/** The value of an option; undefined when it was not given. Of several values the last one is used. */
export function textOf(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === 'string' ? last : undefined;
}

/** Values of an option that may be repeated. */
export function listOf(values: OptionValues, name: string): readonly string[] {
  const value = values[name];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === 'string');
}

/** Values of an option that may be repeated and may hold several values, separated by commas. */
export function commaListOf(values: OptionValues, name: string): readonly string[] {
  return listOf(values, name).flatMap((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );
}

/** True when a switch was given. */
export function flagOf(values: OptionValues, name: string): boolean {
  return values[name] === true;
}

/** True when `--no-name` was given. */
export function negatedOf(values: OptionValues, name: string): boolean {
  return values[name] === false;
}

/** One of fixed words. `option` is the option's name as the user wrote it. */
export function choiceOf<T extends string>(
  values: OptionValues,
  name: string,
  option: string,
  choices: readonly T[],
): T | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  return choices.find((choice) => choice === text) ?? badValue(option, text, choices.join(', '));
}

/** A whole number of at least 1. */
export function countOf(
  values: OptionValues,
  name: string,
  option: string,
  most: number,
): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= most ? count : badValue(option, text, `1-${most}`);
}

/** A TCP port; 0 lets the system choose. */
export function portOf(values: OptionValues, name: string, option: string): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  return port >= 0 && port <= 65_535 ? port : badValue(option, text, '0-65535');
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Bytes a second from `800K`, `20M`, `1.5G`. K, M and G are powers of 1024, as in curl and wget. */
export function rateOf(values: OptionValues, name: string, option: string): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const match = /^(\d{1,9}(?:\.\d{1,3})?)([KMG]?)$/i.exec(text);
  const rate = Math.floor(Number(match?.[1] ?? 0) * (UNITS[match?.[2]?.toUpperCase() ?? ''] ?? 0));
  return rate >= 1 ? rate : badValue(option, text, '20M, 800K');
}

/** Bytes, such as `2G`; 0 is one, too. */
export function sizeOf(values: OptionValues, name: string, option: string): number | undefined {
  return textOf(values, name) === '0' ? 0 : rateOf(values, name, option);
}

const SECONDS: Readonly<Record<string, number>> = { '': 1, S: 1, M: 60, H: 3_600, D: 86_400 };
const MOST_SECONDS = 7 * 86_400;

/** Seconds, at most a week: `90s`, `30m`, `8h`, `1d`; a number alone counts seconds. */
export function durationOf(values: OptionValues, name: string, option: string): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const match = /^(\d{1,6})([smhd]?)$/i.exec(text);
  const seconds = match ? Number(match[1]) * (SECONDS[match[2]?.toUpperCase() ?? ''] ?? 0) : -1;
  return seconds >= 0 && seconds <= MOST_SECONDS ? seconds : badValue(option, text, '0, 90s, 30m, 8h, 7d');
}

export function badValue(option: string, value: string, expected: string): never {
  throw new AppError('cli.bad-option-value', { origin: 'config', params: { option, value, expected } });
}

/** Drops members that are undefined, so that requests hold only what was asked for. */
export function given<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
