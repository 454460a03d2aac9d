// Options about what is read back from a target, and with which account.
import type { Credentials, TargetSpec, VerifyRequest } from '../../core/contract.js';
import { AppError } from '../../core/engine.js';
import type { OptionGroup, OptionValues } from '../command.js';
import { storedLogin } from '../stored-logins/stored-login.js';
import type { Environment } from '../io.js';
import { imageName, patienceOption, readPatience } from './run.js';
import { flagOf, given, textOf } from './values.js';
import { platformsOf } from './what.js';

const requirePlatforms = {
  flags: '--require-platforms <platforms>',
  text: 'cli.opt.require-platforms',
  repeatable: true,
} as const;

export const verifyOptions: OptionGroup = {
  heading: 'cli.group.verify',
  options: [
    { flags: '--run <run>', text: 'cli.opt.verify-run' },
    { flags: '--full', text: 'cli.opt.full' },
    { flags: '--pull-as <account>', text: 'cli.opt.pull-as' },
    requirePlatforms,
    { flags: '--reread', text: 'cli.opt.reread' },
    imageName,
    patienceOption,
  ],
};

export const auditOptions: OptionGroup = {
  heading: 'cli.group.verify',
  options: [requirePlatforms, patienceOption],
};

/** `import --verify`: true when it was given. */
export const proveOptions: OptionGroup = {
  heading: 'cli.group.verify',
  options: [{ flags: '--verify', text: 'cli.opt.verify' }],
};

/** Where the password for `--pull-as USER` comes from; never from the command line. */
const PASSWORD = 'ARCHBRIDGE_PULL_PASSWORD';

type Depth = Pick<VerifyRequest, 'run' | 'full' | 'requirePlatforms' | 'reread' | 'imageName' | 'patience'>;

/** What to verify and how thoroughly, from the options of `verify`. */
export function readProof(values: OptionValues): Depth {
  return given<Depth>({
    run: textOf(values, 'run'),
    full: flagOf(values, 'full') || undefined,
    reread: flagOf(values, 'reread') || undefined,
    imageName: textOf(values, 'imageName'),
    requirePlatforms: readRequired(values),
    patience: readPatience(values),
  });
}

/** The platforms of `--require-platforms`; undefined without the option. */
export function readRequired(values: OptionValues): readonly string[] | undefined {
  const platforms = platformsOf(values, 'requirePlatforms', '--require-platforms');
  return platforms.length === 0 ? undefined : platforms;
}

/**
 * The account with which images of `target` are read. Throws `cli.password-missing` for a user without a password, and
 * `cli.pull-as-password` for a user with one in the option.
 */
export async function readPullAs(
  values: OptionValues,
  target: TargetSpec,
  env: Environment,
  options: { readonly signal: AbortSignal },
): Promise<'anonymous' | Credentials | undefined> {
  const account = textOf(values, 'pullAs');
  if (account === undefined || account === 'anonymous') return account;
  if (account.includes(':')) throw new AppError('cli.pull-as-password', { origin: 'config' });
  const host = target.registry?.replace(/^https?:\/\//, '').replace(/\/.*$/, '') ?? '';
  const password = env[PASSWORD];
  if (password) return { username: account, password };
  const stored = (await storedLogin(host, env, options))?.credentials;
  if (stored?.username === account) return stored;
  throw new AppError('cli.password-missing', {
    origin: 'config',
    params: { option: `--pull-as ${account}`, other: PASSWORD },
  });
}
