// Shows a run in the system: progress on the taskbar, a notification at its end; keeps the computer awake until then.
import { Notification, powerSaveBlocker, type BrowserWindow } from 'electron';
import type { AppEvent, Report, Result, RunEvent } from '../core/contract.js';
import type { TextKey } from '../core/messages/catalog.js';
import type { Say } from './words.js';

const RESULTS: Readonly<Record<Report['result'], TextKey>> = {
  done: 'desktop.run-done',
  partial: 'desktop.run-partial',
  failed: 'desktop.run-failed',
  cancelled: 'desktop.run-cancelled',
};

/** Follows the events of runs. */
export class RunAttention {
  readonly #window: () => BrowserWindow | null;
  readonly #say: Say;
  #share = 0;
  #blocker: number | null = null;
  /** Notifications that are shown: one that nobody holds loses its click when it is collected. */
  readonly #notifications = new Set<Notification>();

  constructor(window: () => BrowserWindow | null, say: Say) {
    this.#window = window;
    this.#say = say;
  }

  get isRunGoingOn(): boolean {
    return this.#blocker !== null;
  }

  /** Events of other calls may come before `run-started`; they are ignored. */
  heed(event: AppEvent): void {
    if (event.type === 'run') this.#follow(event.event);
    if (event.type === 'run-ended') this.#ended(event.result);
  }

  #follow(event: RunEvent): void {
    if (event.type === 'run-started') {
      this.#blocker ??= powerSaveBlocker.start('prevent-app-suspension');
      this.#show(0);
    }
    if (!this.isRunGoingOn) return;
    if (event.type === 'progress' && event.bytesTotal > 0) this.#show(event.bytesRead / event.bytesTotal);
    if (event.type === 'resumed') this.#show(this.#share);
    if (event.type === 'paused') {
      this.#window()?.setProgressBar(this.#share, { mode: 'paused' });
      this.#notify('desktop.run-paused');
    }
  }

  #ended(result: Result<Report>): void {
    if (this.#blocker === null) return;
    powerSaveBlocker.stop(this.#blocker);
    this.#blocker = null;
    this.#window()?.setProgressBar(-1);
    this.#notify(result.ok ? RESULTS[result.value.result] : 'desktop.run-failed');
  }

  #show(share: number): void {
    this.#share = share;
    this.#window()?.setProgressBar(share);
  }

  /** Notifies only while the window is not focused; otherwise the window shows it. */
  #notify(key: TextKey): void {
    const window = this.#window();
    if (!Notification.isSupported() || window?.isFocused()) return;
    const notification = new Notification({ title: 'Archbridge', body: this.#say(key) });
    this.#notifications.add(notification);
    notification.on('click', () => {
      this.#notifications.delete(notification);
      this.#window()?.show();
    });
    notification.on('close', () => this.#notifications.delete(notification));
    notification.show();
  }
}
