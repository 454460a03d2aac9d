// Options about how the work is done.
import type { ImportRequest, InspectRequest } from '../../core/contract.js';
import { AppError } from '../../core/engine.js';
import type { OptionGroup, OptionSpec, OptionValues } from '../command.js';
import { countOf, flagOf, given, negatedOf, rateOf, textOf } from './values.js';

const sha512: OptionSpec = { flags: '--sha512 <hex|file>', text: 'cli.opt.sha512' };
const reread: OptionSpec = { flags: '--reread', text: 'cli.opt.reread' };

export const inspectOptions: OptionGroup = {
  heading: 'cli.group.run',
  options: [sha512, reread, { flags: '--no-programs', text: 'cli.opt.no-programs' }],
};

export const runOptions: OptionGroup = {
  heading: 'cli.group.run',
  options: [
    sha512,
    reread,
    { flags: '--concurrency <n>', text: 'cli.opt.concurrency' },
    { flags: '--limit-rate <rate>', text: 'cli.opt.limit-rate' },
    { flags: '--passes <n>', text: 'cli.opt.passes' },
    { flags: '--dry-run', text: 'cli.opt.dry-run', hidden: true },
  ],
};

type Reading = Pick<InspectRequest, 'sha512' | 'reread'>;
type Running = Reading & Pick<ImportRequest, 'concurrency' | 'limitRate' | 'passes'>;

export function readReading(values: OptionValues): Reading {
  return given<Reading>({ sha512: textOf(values, 'sha512'), reread: flagOf(values, 'reread') || undefined });
}

/** What `inspect` takes beside its packages. */
export function readInspect(values: OptionValues): Reading & Pick<InspectRequest, 'programs'> {
  return { ...readReading(values), ...(negatedOf(values, 'programs') ? { programs: false } : {}) };
}

export function readRun(values: OptionValues): Running {
  // silently importing would be the worst answer to somebody who asked not to
  if (flagOf(values, 'dryRun')) throw new AppError('cli.no-dry-run', { origin: 'config' });
  return given<Running>({
    ...readReading(values),
    concurrency: countOf(values, 'concurrency', '--concurrency', 64),
    limitRate: rateOf(values, 'limitRate', '--limit-rate'),
    passes: countOf(values, 'passes', '--passes', 100),
  });
}
