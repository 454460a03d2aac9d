// The command `verify`.
import type { CommandOptions, Proof, VerifyRequest } from '../contract.js';
import type { EngineDeps } from './deps.js';

export async function verify(
  _request: VerifyRequest,
  _deps: EngineDeps,
  _options: CommandOptions,
): Promise<Proof> {
  return Promise.reject(new Error('verify is being built'));
}
