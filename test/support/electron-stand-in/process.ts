// Utility processes of the stand-in for Electron: programs in the test's own process, at the other end of a port.
import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';

/** A utility process inside this process. Both ends exchange clones, one turn of the event loop later. */
export class StandInProcess extends EventEmitter {
  readonly #port = new EventEmitter();
  isAlive = true;

  constructor(readonly program: string) {
    super();
  }
  /** What the program sees as `process.parentPort`. */
  readonly parentPort = {
    on: (name: 'message', listener: (event: { data: unknown }) => void): void =>
      void this.#port.on(name, listener),
    postMessage: (message: unknown): void => this.#later(() => this.emit('message', message), message),
  };
  postMessage(message: unknown): void {
    const data: unknown = structuredClone(message);
    this.#later(() => this.#port.emit('message', { data }), message);
  }
  kill(): boolean {
    this.crash();
    return true;
  }
  /** Ends at once, with everything that was pending. */
  crash(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.emit('exit', 1);
  }
  #later(deliver: () => void, message: unknown): void {
    structuredClone(message);
    void turn().then(() => {
      if (this.isAlive) deliver();
    });
  }
}

/** The programs by the end of their path; set by tests. */
export const utilityProcess = {
  programs: new Map<string, (port: StandInProcess['parentPort']) => void>(),
  started: [] as StandInProcess[],
  fork(path: string, _args: readonly string[], _options: unknown): StandInProcess {
    const program = [...this.programs].find(([ending]) => path.endsWith(ending))?.[1];
    if (!program) throw new Error(`no program ${path}`);
    const child = new StandInProcess(path);
    this.started.push(child);
    void turn().then(() => program(child.parentPort));
    return child;
  },
};
