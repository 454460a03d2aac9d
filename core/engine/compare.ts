// The command `compare`.
import type { CommandOptions, Coverage, CompareRequest } from '../contract.js';
import type { EngineDeps } from './deps.js';

export async function compare(
  _request: CompareRequest,
  _deps: EngineDeps,
  _options: CommandOptions,
): Promise<Coverage> {
  return Promise.reject(new Error('compare is being built'));
}
