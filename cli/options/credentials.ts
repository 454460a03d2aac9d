// Credentials for the target: from the environment or stdin, never from the command line.
import type { Credentials, CredentialsSource, TargetSpec } from '../../core/contract.js';
import { AppError } from '../../core/engine.js';
import type { OptionGroup, OptionValues } from '../command.js';
import type { Environment } from '../io.js';
import { flagOf, textOf } from './values.js';

export const credentialOptions: OptionGroup = {
  heading: 'cli.group.credentials',
  options: [
    { flags: '--username <name>', text: 'cli.opt.username' },
    { flags: '--password-stdin', text: 'cli.opt.password-stdin' },
  ],
};

export type GivenCredentials = Pick<TargetSpec, 'credentials' | 'chartCredentials' | 'credentialsFrom'>;

/** The pair, or undefined when neither is set, so that other sources may provide them. One without the other is an error. */
export async function readCredentials(
  values: OptionValues,
  env: Environment,
  stdin: AsyncIterable<Uint8Array | string>,
): Promise<GivenCredentials> {
  const username = textOf(values, 'username') ?? env['ARCHBRIDGE_USERNAME'];
  const fromStdin = flagOf(values, 'passwordStdin');
  const password = fromStdin ? await passwordFrom(stdin) : env['ARCHBRIDGE_PASSWORD'];
  const credentials = pair(
    username,
    password,
    fromStdin ? '--password-stdin' : 'ARCHBRIDGE_PASSWORD',
    '--username',
  );
  const chartCredentials = pair(
    env['ARCHBRIDGE_CHARTS_USERNAME'],
    env['ARCHBRIDGE_CHARTS_PASSWORD'],
    'ARCHBRIDGE_CHARTS_PASSWORD',
    'ARCHBRIDGE_CHARTS_USERNAME',
  );
  const credentialsFrom: CredentialsSource = fromStdin
    ? { kind: 'stdin', where: '--password-stdin' }
    : { kind: 'environment', where: 'ARCHBRIDGE_PASSWORD' };
  return {
    ...(credentials ? { credentials, credentialsFrom } : {}),
    ...(chartCredentials ? { chartCredentials } : {}),
  };
}

function pair(
  username: string | undefined,
  password: string | undefined,
  passwordSource: string,
  usernameSource: string,
): Credentials | undefined {
  if (!username && !password) return undefined;
  if (username && password) return { username, password };
  const params = username
    ? { option: username, other: passwordSource }
    : { option: passwordSource, other: usernameSource };
  throw new AppError(username ? 'cli.password-missing' : 'cli.username-missing', {
    origin: 'config',
    params,
  });
}

const LONGEST_PASSWORD = 64 * 1024;

/** All of stdin, without the line end that `echo` and editors add. */
async function passwordFrom(stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > LONGEST_PASSWORD) break;
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
