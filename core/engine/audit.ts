// The command `audit`.
import type { CommandOptions, Audit, AuditRequest } from '../contract.js';
import type { EngineDeps } from './deps.js';

export async function audit(
  _request: AuditRequest,
  _deps: EngineDeps,
  _options: CommandOptions,
): Promise<Audit> {
  return Promise.reject(new Error('audit is being built'));
}
