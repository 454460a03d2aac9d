// Options about what is shown and written; the general ones are accepted at any place of the command line.
import { stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { AppError, readSigningKey, type ReportFormat, type SigningKey } from '../../core/engine.js';
import type { OptionGroup, OptionValues } from '../command.js';
import type { LogLevel } from '../io.js';
import type { ReportFile } from '../report/report-file.js';
import { readTextFile } from '../text-file.js';
import { choiceOf, flagOf, negatedOf, textOf } from './values.js';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export const generalOptions: OptionGroup = {
  heading: 'cli.group.general',
  options: [
    { flags: '--json', text: 'cli.opt.json' },
    { flags: '--lang <language>', text: 'cli.opt.lang' },
    { flags: '--no-color', text: 'cli.opt.no-color' },
    { flags: '--log-level <level>', text: 'cli.opt.log-level', choices: LOG_LEVELS },
    { flags: '--log-file <file>', text: 'cli.opt.log-file' },
    { flags: '--state-dir <dir>', text: 'cli.opt.state-dir' },
  ],
};

export const reportOptions: OptionGroup = {
  heading: 'cli.group.output',
  options: [
    { flags: '--report <file>', text: 'cli.opt.report' },
    { flags: '--sign-key <file>', text: 'cli.opt.sign-key' },
  ],
};

export const receiptOptions: OptionGroup = {
  heading: 'cli.group.output',
  options: [{ flags: '--receipt', text: 'cli.opt.receipt' }],
};

export const comparisonOptions: OptionGroup = {
  heading: 'cli.group.output',
  options: [{ flags: '--html <file>', text: 'cli.opt.html' }],
};

export const inventoryFileOptions: OptionGroup = {
  heading: 'cli.group.output',
  options: [
    { flags: '--out <file>', text: 'cli.inventory.out' },
    { flags: '--sign-key <file>', text: 'cli.opt.sign-key' },
  ],
};

export const packFileOptions: OptionGroup = {
  heading: 'cli.pack.group',
  options: [
    { flags: '--out <file>', text: 'cli.pack.out' },
    { flags: '--since <file>', text: 'cli.pack.since', repeatable: true },
  ],
};

export const planFileOptions: OptionGroup = {
  heading: 'cli.group.output',
  options: [{ flags: '--out <file>', text: 'cli.opt.plan-out' }],
};

export interface GeneralSettings {
  readonly color: boolean;
  readonly logLevel: LogLevel | null;
  readonly logFile: string | null;
  readonly stateDir: string | undefined;
}

/** The log level; `-d` of the installer's commands means `--log-level debug`. */
export function readGeneral(values: OptionValues): GeneralSettings {
  const level = choiceOf(values, 'logLevel', '--log-level', LOG_LEVELS);
  return {
    color: !negatedOf(values, 'color'),
    logLevel: level ?? (flagOf(values, 'debug') ? 'debug' : null),
    logFile: textOf(values, 'logFile') ?? null,
    stateDir: textOf(values, 'stateDir'),
  };
}

const FORMATS: Readonly<Record<string, ReportFormat>> = { '.json': 'json', '.html': 'html', '.csv': 'csv' };

/** Where the report goes. Ending, folder and key are checked before the command begins. */
export async function readReportFile(
  values: OptionValues,
  { signal }: { readonly signal: AbortSignal },
): Promise<ReportFile | undefined> {
  const file = textOf(values, 'report');
  const keyFile = textOf(values, 'signKey');
  if (file === undefined) {
    if (keyFile === undefined) return undefined;
    const params = { option: '--sign-key', other: '--report' };
    throw new AppError('cli.option-needs', { origin: 'config', params });
  }
  const format = FORMATS[extname(file).toLowerCase()];
  if (format === undefined) throw new AppError('cli.report-ending', { origin: 'config', params: { file } });
  const path = await pathInFolder(file);
  const signingKey =
    keyFile === undefined ? null : readSigningKey(await readTextFile(keyFile, { signal }), keyFile);
  return { path, format, signingKey };
}

/** The absolute path of a file that will be written; its folder must exist. Throws `cli.report-folder`. */
async function pathInFolder(file: string): Promise<string> {
  const path = resolve(file);
  const folder = dirname(path);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new AppError('cli.report-folder', { origin: 'config', params: { file, folder } });
  return path;
}

/** The file of `--html` (`compare`), checked before the command begins. */
export async function readHtmlFile(values: OptionValues): Promise<string | undefined> {
  return fileToWrite(values, 'html', ['.html', '.htm']);
}

/** The file of `--out` (`pack`), which is required. Throws `cli.option-required`. */
export async function readPackFile(values: OptionValues): Promise<string> {
  const path = await fileToWrite(values, 'out', ['.tar']);
  if (path === undefined)
    throw new AppError('cli.option-required', { origin: 'config', params: { option: '--out' } });
  return path;
}

/** The file of `--out` (`inventory`), which is required, and the key that signs it. */
export async function readInventoryFile(
  values: OptionValues,
  { signal }: { readonly signal: AbortSignal },
): Promise<{ readonly path: string; readonly signingKey: SigningKey | null }> {
  const path = await fileToWrite(values, 'out', ['.json']);
  if (path === undefined)
    throw new AppError('cli.option-required', { origin: 'config', params: { option: '--out' } });
  const keyFile = textOf(values, 'signKey');
  const pem = keyFile === undefined ? null : await readTextFile(keyFile, { signal });
  return { path, signingKey: pem === null ? null : readSigningKey(pem, keyFile ?? '') };
}

/** The file of `--out` (`plan`), checked before the command begins. */
export async function readPlanFile(values: OptionValues): Promise<string | undefined> {
  return fileToWrite(values, 'out', ['.json']);
}

/**
 * Refuses to overwrite an existing file without one of the endings: `--html PACKAGE`, written by somebody who thinks that the
 * option takes no value, must not overwrite the package.
 */
async function fileToWrite(
  values: OptionValues,
  name: string,
  endings: readonly string[],
): Promise<string | undefined> {
  const file = textOf(values, name);
  if (file === undefined) return undefined;
  const path = await pathInFolder(file);
  if (endings.includes(extname(file).toLowerCase()) || !(await isFile(path))) return path;
  const params = { option: `--${name}`, file, endings: endings.join(', ') };
  throw new AppError('cli.file-other', { origin: 'config', params });
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
