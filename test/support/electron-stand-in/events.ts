// Events of the stand-in for Electron that a listener can prevent.
import type { EventEmitter } from 'node:events';

/** `preventDefault` as Electron's events have it. */
class StandInEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

/** Emits an event with `preventDefault`; returns true when a listener prevented it. */
export function emitPreventable(emitter: EventEmitter, name: string, ...values: readonly unknown[]): boolean {
  const event = new StandInEvent();
  emitter.emit(name, event, ...values);
  return event.defaultPrevented;
}
