// The app's service over a real engine in a folder of the test, with all events that it sent.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openAppLog } from '../../core/app/app-log.js';
import { createAppService, type AppService, type AppServiceOptions } from '../../core/app/app-service.js';
import { createEngine } from '../../core/engine.js';
import type { AppEvent, AppMethod, AppMethods, Problem, RunEvent } from '../../core/contract.js';
import { PROJECT_ROOT } from './source-tree.js';

/** The two example packages, amd64 and arm64. */
export const EXAMPLES = ['amd64', 'arm64'].map((arch) =>
  join(PROJECT_ROOT, 'examples', `addon-offline-full-package-v0.1.0-${arch}.tar.gz`),
);

export interface AppBench {
  readonly folder: string;
  readonly stateDir: string;
  readonly logFile: string;
  readonly service: AppService;
  readonly events: AppEvent[];
  /** Returns the value of a call; a problem is thrown as an error with its code. */
  ask<M extends AppMethod>(
    method: M,
    input: AppMethods[M]['in'],
    call?: string,
  ): Promise<AppMethods[M]['out']>;
  /** Returns the problem of a call that must fail. */
  refusal(method: string, input: unknown, call?: string): Promise<Problem>;
}

let calls = 0;

export function openAppBench(folder: string, options: Partial<AppServiceOptions> = {}): AppBench {
  const stateDir = join(folder, 'state');
  mkdirSync(stateDir, { recursive: true });
  const logFile = join(stateDir, 'logs', 'app.log');
  const log = openAppLog(logFile);
  const service = createAppService({
    engine: createEngine({ stateDir, version: '0.0.0', log: log.write }),
    stateDir,
    version: '0.0.0',
    host: 'web',
    language: 'en',
    roots: null,
    examples: EXAMPLES,
    defaultStore: join(folder, 'store'),
    log,
    readDrives: async () => [],
    ...options,
  });
  const events: AppEvent[] = [];
  service.subscribe((event) => events.push(event));
  return {
    folder,
    stateDir,
    logFile,
    service,
    events,
    async ask(method, input, call = nextCall()) {
      const result = await service.invoke(method, input, call);
      if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
      return result.value as never;
    },
    async refusal(method, input, call = nextCall()) {
      const result = await service.invoke(method, input, call);
      if (result.ok) throw new Error(`${method} was carried out`);
      return result.problem;
    },
  };
}

export function nextCall(): string {
  calls += 1;
  return `call-${calls}`;
}

/** The events of runs among those of the app. */
export function runEvents(events: readonly AppEvent[], call: string): readonly RunEvent[] {
  return events.flatMap((event) => (event.type === 'run' && event.call === call ? [event.event] : []));
}
