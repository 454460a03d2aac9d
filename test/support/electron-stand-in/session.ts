// The session of the stand-in for Electron: keeps our handlers, so that a test can call them as network, page or device would.
import { EventEmitter } from 'node:events';
import { emitPreventable } from './events.js';

type Handler = (...values: never[]) => unknown;

export class StandInSession extends EventEmitter {
  readonly handlers = new Map<string, Handler>();
  spellChecker: boolean | null = null;
  spellCheckerLanguages: readonly string[] | null = null;
  readonly protocol = {
    handle: (scheme: string, handler: Handler): void => void this.handlers.set(`protocol ${scheme}`, handler),
  };
  readonly webRequest = {
    onBeforeRequest: (handler: Handler): void => void this.handlers.set('request', handler),
  };
  setPermissionRequestHandler(handler: Handler): void {
    this.handlers.set('permission request', handler);
  }
  setPermissionCheckHandler(handler: Handler): void {
    this.handlers.set('permission check', handler);
  }
  setDevicePermissionHandler(handler: Handler): void {
    this.handlers.set('device', handler);
  }
  setSpellCheckerEnabled(enabled: boolean): void {
    this.spellChecker = enabled;
  }
  setSpellCheckerLanguages(languages: readonly string[]): void {
    this.spellCheckerLanguages = languages;
  }
  /** True when our handler lets a request through. */
  allowsRequest(url: string): boolean {
    let cancelled = true;
    this.call('request', { url }, ({ cancel }: { cancel: boolean }) => (cancelled = cancel));
    return !cancelled;
  }
  allowsPermission(permission: string, requestingUrl: string): boolean {
    let granted = false;
    this.call('permission request', null, permission, (answer: boolean) => (granted = answer), {
      requestingUrl,
    });
    const origin = requestingUrl.replace(/^([a-z]+:\/\/[^/]*).*$/, '$1/');
    const checked = this.call('permission check', null, permission, origin, {}) === true;
    if (granted !== checked) throw new Error(`request and check disagree about ${permission}`);
    return granted;
  }
  forbids(name: string): boolean {
    return emitPreventable(this, name);
  }
  async load(url: string, method = 'GET'): Promise<Response> {
    return (await this.call('protocol archbridge', { url, method })) as Response;
  }
  call(name: string, ...values: readonly unknown[]): unknown {
    const handler = this.handlers.get(name);
    if (!handler) throw new Error(`nothing handles ${name}`);
    return handler(...(values as never[]));
  }
}
