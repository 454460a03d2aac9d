// The command `check`: does the target answer, what is it, and does it take the credentials. Writes nothing.
import type { Check, CommandOptions, TargetSpec } from '../contract.js';
import type { EngineDeps } from './deps.js';

export async function check(
  _target: TargetSpec,
  _deps: EngineDeps,
  _options: CommandOptions,
): Promise<Check> {
  return Promise.reject(new Error('check is being built'));
}
