// The command `plan`.
import type { CommandOptions, Plan, PlanRequest } from '../contract.js';
import type { EngineDeps } from './deps.js';

export async function plan(
  _request: PlanRequest,
  _deps: EngineDeps,
  _options: CommandOptions,
): Promise<Plan> {
  return Promise.reject(new Error('plan is being built'));
}
