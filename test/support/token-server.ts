// A token service as distribution wants it (RS256), with properties of real ones: short lifetimes, reduced scopes, outages.
// https://distribution.github.io/distribution/spec/auth/jwt/
import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import { noteAccount, noteSecret } from './secrets.js';
import { selfSignedCertificate } from './self-signed.js';

export interface TokenServerOptions {
  /** User name to password; without a user name the client is anonymous. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Which actions a user ('' is anonymous) has on a repository; by default known users get all that they ask for. */
  readonly rights?: (user: string, repository: string) => readonly string[];
  /** `expires_in` and the token's true lifetime in seconds; default 300. */
  readonly seconds?: number;
  /**
   * Seconds before now at which tokens expire for the registry, whatever `expires_in` says: the client holds a token that only
   * looks valid.
   */
  readonly expiredBy?: () => number;
}

export interface TokenServer {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** PEM of a certificate with the signing key. */
  readonly certificate: string;
  readonly jwks: string;
  /** One entry for each request: user and scopes. */
  readonly requests: readonly {
    readonly user: string;
    readonly scopes: readonly string[];
    readonly status: number;
  }[];
  /** True: answers 503. */
  down: boolean;
  stop(): Promise<void>;
}

export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = libtrustId(publicKey);
  const requests: { user: string; scopes: readonly string[]; status: number }[] = [];
  const state = { down: false };
  const issuer = 'test-issuer';
  for (const [user, password] of Object.entries(options.accounts)) noteAccount(user, password);

  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://token');
    const scopes = url.searchParams.getAll('scope');
    const [user, password] = basic(request.headers.authorization);
    const known = user === '' || options.accounts[user] === password;
    const status = state.down ? 503 : known ? 200 : 401;
    requests.push({ user, scopes, status });
    response.writeHead(status, { 'content-type': 'application/json' });
    if (status !== 200) return void response.end('{"details":"no"}');
    const seconds = options.seconds ?? 300;
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      sub: user,
      aud: url.searchParams.get('service') ?? '',
      // The registry accepts a token for 60 s after its end.
      exp: now + seconds - (options.expiredBy?.() ?? 0),
      nbf: now - 300,
      iat: now - 300,
      jti: randomUUID(),
      access: scopes.flatMap((scope) => granted(scope, user, options)),
    };
    const token = jwt(kid, claims, privateKey);
    noteSecret(token);
    response.end(JSON.stringify({ token, access_token: '', expires_in: seconds }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;

  return {
    realm: `http://127.0.0.1:${port}/token`,
    service: 'test-registry',
    issuer,
    certificate: selfSignedCertificate(publicKey, privateKey),
    jwks: JSON.stringify({
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }],
    }),
    requests,
    get down() {
      return state.down;
    },
    set down(down: boolean) {
      state.down = down;
    },
    stop: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

/** The part of a scope that this user gets; getting less than was asked for is no error. */
function granted(
  scope: string,
  user: string,
  options: TokenServerOptions,
): { type: string; name: string; actions: readonly string[] }[] {
  const [, type = '', name = '', actions = ''] = /^([^:]+):(.+):([^:]+)$/.exec(scope) ?? [];
  const asked = actions.split(',');
  const rights = options.rights?.(user, name) ?? (user === '' ? [] : asked);
  return [{ type, name, actions: asked.filter((action) => rights.includes(action)) }];
}

function basic(header: string | undefined): [string, string] {
  const text = Buffer.from((header ?? '').replace(/^Basic /, ''), 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? ['', ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

function jwt(kid: string, claims: object, key: KeyObject): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ typ: 'JWT', alg: 'RS256', kid })}.${part(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
}

/** How distribution 2.8 names a key: 240 bits of the SHA-256 of its DER form in base32, twelve groups of four. */
function libtrustId(key: KeyObject): string {
  const bytes = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 30);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => alphabet[parseInt(five, 2)] ?? '').join('');
  return (letters.match(/.{4}/g) ?? []).join(':');
}
