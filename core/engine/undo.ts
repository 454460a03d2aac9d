// The command `undo` and its preview.
import type { CommandOptions, Report, UndoPlan, UndoRequest } from '../contract.js';
import type { ActiveRuns, EngineDeps } from './deps.js';

export async function planUndo(
  _request: UndoRequest,
  _deps: EngineDeps,
  _options: CommandOptions,
): Promise<UndoPlan> {
  return Promise.reject(new Error('undo is being built'));
}

export async function undo(
  _request: UndoRequest,
  _deps: EngineDeps,
  _active: ActiveRuns,
  _options: CommandOptions,
): Promise<Report> {
  return Promise.reject(new Error('undo is being built'));
}
