// Serves the window's page under its own scheme, so that it is no file: or http: page; files and policy are those of the web host.
import type { CustomScheme, Session } from 'electron';
import type { WindowPage } from '../core/app/window-page.js';

export const PAGE_SCHEME: CustomScheme = {
  scheme: 'archbridge',
  privileges: { standard: true, secure: true },
};
const ORIGIN = 'archbridge://window';
export const PAGE_URL = `${ORIGIN}/`;

/** True for addresses of the window's page. */
export function isOwnUrl(url: string): boolean {
  return url.startsWith(PAGE_URL);
}

/** Serves the page in this session. The page may connect to nothing, because everything goes over the bridge. */
export function servePage(session: Session, page: WindowPage): void {
  session.protocol.handle(PAGE_SCHEME.scheme, async ({ method, url }) => {
    const path = isOwnUrl(url) && method === 'GET' ? url.slice(ORIGIN.length) : null;
    const found = path === null ? null : await page.answer(path, "'none'").catch(() => null);
    return found
      ? new Response(Buffer.from(found.body), { headers: found.headers })
      : new Response(null, { status: 404 });
  });
}
