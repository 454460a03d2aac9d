// The window's page for any host: a fixed list of files, a content security policy that blocks everything from elsewhere, and a new
// nonce for each load.
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { AppError } from '../errors.js';
import type { Cancellable } from '../ports/cancellable.js';

export interface PageAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WindowPage {
  /**
   * The file at a URL path, `/` for the page itself; null for every path that is not in the list. Paths are compared as they are,
   * without decoding. `connect` names what the page may connect to, as in a content security policy.
   */
  answer(path: string, connect: string): Promise<PageAnswer | null>;
}

/** Placeholder in index.html for the nonce of the load. */
const NONCE_PLACE = /__CSP_NONCE__/g;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Lists the files of a built window. Throws `app.window-not-built`. */
export async function openWindowPage(folder: string, { signal }: Cancellable): Promise<WindowPage> {
  const files = await list(folder);
  signal.throwIfAborted();
  if (!files.has('/index.html')) {
    throw new AppError('app.window-not-built', { origin: 'config', params: { path: folder } });
  }
  return {
    async answer(path, connect) {
      const name = path === '/' ? '/index.html' : path;
      const file = files.get(name);
      if (file === undefined) return null;
      const bytes = new Uint8Array(await readFile(file));
      if (name !== '/index.html') {
        const type = TYPES[extname(name)] ?? 'application/octet-stream';
        return { headers: { ...FIXED_HEADERS, 'content-type': type, ...cachingOf(name) }, body: bytes };
      }
      const nonce = newNonce();
      return {
        headers: { ...pageHeaders(nonce, connect), 'content-type': 'text/html; charset=utf-8' },
        body: new TextEncoder().encode(new TextDecoder().decode(bytes).replace(NONCE_PLACE, nonce)),
      };
    },
  };
}

/** Headers of a page that is made for one load: its policy allows the page's own files, and styles that have the nonce. */
export function pageHeaders(nonce: string, connect: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { ...FIXED_HEADERS, 'content-security-policy': policy.join('; '), 'cache-control': 'no-store' };
}

/** A new random nonce for one load of the page. */
export function newNonce(): string {
  return randomBytes(18).toString('base64');
}

/** Headers of every answer. */
export const FIXED_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** Built files have the hash of their content in their names, so browsers may keep them. */
function cachingOf(name: string): Readonly<Record<string, string>> {
  const isHashed = name.startsWith('/assets/');
  return { 'cache-control': isHashed ? 'private, max-age=31536000, immutable' : 'no-store' };
}

async function list(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((path) => [`/${relative(folder, path).split(sep).join('/')}`, path]));
}
