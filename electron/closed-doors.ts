// Everything that Chromium could do beside showing our page, shut: network, permissions, navigation, windows, downloads.
import type { App, Session, WebContents } from 'electron';
import { isOwnUrl } from './page-protocol.js';

/** Chromium's own errands, and any name that a page could ask for; the engine's connections are Node's and are not touched. */
const SWITCHES: readonly (readonly [string, string?])[] = [
  ['disable-background-networking'],
  ['disable-component-update'],
  ['disable-domain-reliability'],
  ['disable-sync'],
  ['no-pings'],
  ['no-proxy-server'],
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
];

/** Before the app is ready. */
export function shutNetwork(app: App): void {
  for (const [name, value] of SWITCHES) {
    if (value === undefined) app.commandLine.appendSwitch(name);
    else app.commandLine.appendSwitch(name, value);
  }
}

/**
 * Nothing but our page is loaded, nothing is downloaded, dictionaries included. All permissions are denied; but text that the
 * person copies with a button of ours may go to the clipboard.
 */
export function shutSession(session: Session): void {
  const mayHave = (permission: string, url: string): boolean =>
    permission === 'clipboard-sanitized-write' && isOwnUrl(url);
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(mayHave(permission, requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) =>
    mayHave(permission, `${origin.replace(/\/$/, '')}/`),
  );
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !isOwnUrl(url) && !url.startsWith('devtools:') }),
  );
  session.on('will-download', (event) => event.preventDefault());
  session.setSpellCheckerEnabled(false);
  session.setSpellCheckerLanguages([]);
}

/** The page stays where it is, alone. */
export function shutContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
