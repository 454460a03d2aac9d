// Parses lines of the log as the host sends them (`time LEVEL message ...`), so that they can be filtered.
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LEVELS)[number];

export interface LogLine {
  readonly id: number;
  /** ISO 8601; null for a line that is not of this form. */
  readonly time: string | null;
  readonly level: LogLevel;
  readonly message: string;
  readonly raw: string;
}

/** The parts of a line of the log; a line of another form becomes the message of level info. */
export function parseLine(raw: string, id: number): LogLine {
  const match = /^(\S+)\s+(debug|info|warn|error)\s+(.*)$/is.exec(raw);
  const level = LEVELS.find((one) => one === match?.[2]?.toLowerCase());
  if (!match || !level) return { id, time: null, level: 'info', message: raw, raw };
  const time = Number.isNaN(Date.parse(match[1] ?? '')) ? null : (match[1] ?? null);
  return { id, time, level, message: match[3] ?? '', raw };
}

/** `least`: this level and the more severe ones. Words match anywhere in the line, in any case. */
export function matchesLine(line: LogLine, least: LogLevel, words: string): boolean {
  if (LEVELS.indexOf(line.level) < LEVELS.indexOf(least)) return false;
  return words.trim() === '' || line.raw.toLowerCase().includes(words.trim().toLowerCase());
}
