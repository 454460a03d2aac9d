// Options about what is shown and kept; the general ones are understood at any place of the command line.
import { stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { AppError } from '../../core/engine.js';
import type { OptionGroup, OptionValues } from '../command.js';
import type { LogLevel } from '../io.js';
import { choiceOf, flagOf, negatedOf, textOf } from './values.js';

export const generalOptions: OptionGroup = {
  heading: 'cli.group.general',
  options: [
    { flags: '--json', text: 'cli.opt.json' },
    { flags: '--lang <language>', text: 'cli.opt.lang' },
    { flags: '--no-color', text: 'cli.opt.no-color' },
    { flags: '--log-level <level>', text: 'cli.opt.log-level' },
    { flags: '--log-file <file>', text: 'cli.opt.log-file' },
    { flags: '--state-dir <dir>', text: 'cli.opt.state-dir' },
  ],
};

export const reportOptions: OptionGroup = {
  heading: 'cli.group.output',
  options: [{ flags: '--report <file>', text: 'cli.opt.report' }],
};

export interface GeneralSettings {
  readonly color: boolean;
  readonly logLevel: LogLevel | null;
  readonly logFile: string | null;
  readonly stateDir: string | undefined;
}

/** `-d` of the old commands counts as `--log-level debug`. */
export function readGeneral(values: OptionValues): GeneralSettings {
  const level = choiceOf(values, 'logLevel', '--log-level', ['debug', 'info', 'warn', 'error']);
  return {
    color: !negatedOf(values, 'color'),
    logLevel: level ?? (flagOf(values, 'debug') ? 'debug' : null),
    logFile: textOf(values, 'logFile') ?? null,
    stateDir: textOf(values, 'stateDir'),
  };
}

/** Where the report goes, checked before anything begins: the ending, and that the folder is there. */
export async function readReportFile(values: OptionValues): Promise<string | undefined> {
  const file = textOf(values, 'report');
  if (file === undefined) return undefined;
  const ending = extname(file).toLowerCase();
  const params = { file, ending };
  if (ending === '.html' || ending === '.csv')
    throw new AppError('cli.report-later', { origin: 'config', params });
  if (ending !== '.json') throw new AppError('cli.report-ending', { origin: 'config', params });
  const folder = dirname(resolve(file));
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new AppError('cli.report-folder', { origin: 'config', params: { file, folder } });
  return resolve(file);
}
