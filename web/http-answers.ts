// Plain HTTP: the way in with a token, then the files of the window's page, and nothing else.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FIXED_HEADERS, newNonce, type WindowPage } from '../core/app/window-page.js';
import { refuse, type Door } from './request-guard.js';

const TEXT = { ...FIXED_HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
const NO_ENTRY =
  'Open the whole address that "archbridge serve" printed; it ends with a token.\n' +
  '请打开 “archbridge serve” 显示的完整地址（末尾带有令牌）。\n';

/** Answers one request; never throws. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  door: Door,
  page: WindowPage,
): Promise<void> {
  const refusal = refuse(request);
  if (refusal) {
    // a body that nobody reads would be taken for the next request
    response.writeHead(refusal.status, { ...TEXT, connection: 'close' }).end(`${refusal.text}\n`);
    return;
  }
  const target = request.url ?? '';
  const token = /^\/\?token=([\w-]*)$/.exec(target)?.[1];
  if (token !== undefined) return welcome(response, door.admit(token));
  if (!door.isInside(request)) {
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
 * The cookie, and on to the page itself, so that the token leaves address bar and history. By a page and not by a redirect: after
 * a link in a mail or another page, a redirect would still count as a visit from there, and the strict cookie would stay away.
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
