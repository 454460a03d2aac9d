// Options about how the work is done.
import type { ImportRequest, InspectRequest, Plan } from '../../core/contract.js';
import { parsePlan } from '../../core/engine.js';
import type { OptionGroup, OptionSpec, OptionValues } from '../command.js';
import { readTextFile } from '../text-file.js';
import { countOf, durationOf, flagOf, given, negatedOf, rateOf, sizeOf, textOf } from './values.js';

const sha512: OptionSpec = { flags: '--sha512 <hex|file>', text: 'cli.opt.sha512' };
export const imageName: OptionSpec = { flags: '--image-name <repo[:tag]>', text: 'cli.opt.image-name' };
export const patienceOption: OptionSpec = { flags: '--patience <time>', text: 'cli.opt.patience' };
const reread: OptionSpec = { flags: '--reread', text: 'cli.opt.reread' };

export const inspectOptions: OptionGroup = {
  heading: 'cli.group.run',
  options: [sha512, reread, imageName, { flags: '--no-programs', text: 'cli.opt.no-programs' }],
};

/** How packages are read, for commands that only read. */
export const readingOptions: OptionGroup = {
  heading: 'cli.group.run',
  options: [sha512, reread, imageName],
};

export const runOptions: OptionGroup = {
  heading: 'cli.group.run',
  options: [
    sha512,
    reread,
    imageName,
    { flags: '--concurrency <n>', text: 'cli.opt.concurrency' },
    { flags: '--limit-rate <rate>', text: 'cli.opt.limit-rate' },
    { flags: '--disk-window <size>', text: 'cli.opt.disk-window' },
    { flags: '--passes <n>', text: 'cli.opt.passes' },
    patienceOption,
    { flags: '--wait-for-package', text: 'cli.opt.wait-for-package' },
  ],
};

export const carryOutOptions: OptionGroup = {
  heading: 'cli.group.run',
  options: [
    { flags: '--plan <file>', text: 'cli.opt.plan' },
    { flags: '--dry-run', text: 'cli.opt.dry-run' },
  ],
};

type Reading = Pick<InspectRequest, 'sha512' | 'reread' | 'imageName'>;
type Running = Reading &
  Pick<ImportRequest, 'concurrency' | 'limitRate' | 'diskWindow' | 'passes' | 'patience' | 'waitForPackage'>;

/** How packages are read: the options of every command that reads them. */
export function readReading(values: OptionValues): Reading {
  return given<Reading>({
    sha512: textOf(values, 'sha512'),
    reread: flagOf(values, 'reread') || undefined,
    imageName: textOf(values, 'imageName'),
  });
}

/** Options of `inspect` beside its packages. */
export function readInspect(values: OptionValues): Reading & Pick<InspectRequest, 'programs'> {
  return { ...readReading(values), ...(negatedOf(values, 'programs') ? { programs: false } : {}) };
}

/** The plan to carry out, when one is named. Throws `cli.file-not-readable` and `run.plan-unusable`. */
export async function readPlan(
  values: OptionValues,
  { signal }: { readonly signal: AbortSignal },
): Promise<Plan | undefined> {
  const file = textOf(values, 'plan');
  return file === undefined ? undefined : parsePlan(await readTextFile(file, { signal }), file);
}

/** Seconds of `--patience`; undefined without the option. */
export function readPatience(values: OptionValues): number | undefined {
  return durationOf(values, 'patience', '--patience');
}

/** How an import does its work: the options for reading and sending. */
export function readRun(values: OptionValues): Running {
  return given<Running>({
    ...readReading(values),
    concurrency: countOf(values, 'concurrency', '--concurrency', 64),
    limitRate: rateOf(values, 'limitRate', '--limit-rate'),
    diskWindow: sizeOf(values, 'diskWindow', '--disk-window'),
    passes: countOf(values, 'passes', '--passes', 100),
    patience: readPatience(values),
    waitForPackage: flagOf(values, 'waitForPackage') || undefined,
  });
}
