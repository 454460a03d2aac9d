// Plain HTTP: exchanges a token for a cookie and serves the files of the window's page.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FIXED_HEADERS, newNonce, type WindowPage } from '../core/app/window-page.js';
import { refuse, type AppSession } from './request-guard.js';

const TEXT = { ...FIXED_HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
const NO_ENTRY =
  'Open the whole address that "archbridge serve" printed; it ends with a token.\n' +
  '请打开 “archbridge serve” 显示的完整地址（末尾带有令牌）。\n';

/** Answers one request; never throws. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  session: AppSession,
  page: WindowPage,
): Promise<void> {
  const refusal = refuse(request);
  if (refusal) {
    // An unread body would be taken for the next request on this connection.
    response.writeHead(refusal.status, { ...TEXT, connection: 'close' }).end(`${refusal.text}\n`);
    return;
  }
  const target = request.url ?? '';
  const token = /^\/\?token=([\w-]*)$/.exec(target)?.[1];
  if (token !== undefined) return welcome(response, session.admit(token));
  if (!session.hasCookie(request)) {
    response.writeHead(401, TEXT).end(NO_ENTRY);
    return;
  }
  const connect = `'self' ws://${request.headers.host ?? ''}`;
  const found = await page.answer(target, connect).catch(() => null);
  if (found) {
    const headers = { ...found.headers, 'content-length': found.body.length };
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : found.body);
    return;
  }
  response.writeHead(404, TEXT).end('There is no such file.\n');
}

/**
 * Sets the cookie and opens the page, so that the token leaves address bar and history. It does so by a page and not by a redirect:
 * a redirect after a link in a mail or on another page still counts as a request from there, and browsers send no `SameSite=Strict`
 * cookie then.
 */
function welcome(response: ServerResponse, cookie: string | null): void {
  if (cookie === null) {
    response.writeHead(403, TEXT).end(NO_ENTRY);
    return;
  }
  const nonce = newNonce();
  response
    .writeHead(200, {
      ...FIXED_HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'set-cookie': cookie,
    })
    .end(
      `<!doctype html><title>Archbridge</title><script nonce="${nonce}">location.replace('/')</script>` +
        '<noscript><a href="/">Archbridge</a></noscript>',
    );
}
