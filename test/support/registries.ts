// Real registries (distribution 2.8 and 3) for tests, each on its own port with storage that is removed afterwards.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { requireProgram } from './programs.js';
import { noteAccount } from './secrets.js';
import type { TokenServer } from './token-server.js';

type RegistryVersion = 2 | 3;

/** For tests that do the same in each version of distribution: both as part of the long tests, else the one that the test names. */
export function versionsFor(shortly: RegistryVersion): readonly RegistryVersion[] {
  return process.env['ARCHBRIDGE_LONG_TESTS'] === '1' ? [2, 3] : [shortly];
}

export interface RegistryOptions {
  readonly version: RegistryVersion;
  /** `htpasswd`: the account {@link ACCOUNT}; `token`: with `tokenServer`. */
  readonly auth?: 'none' | 'htpasswd' | 'token';
  readonly tokenServer?: TokenServer;
  readonly readOnly?: boolean;
  readonly deleteEnabled?: boolean;
  /** HTTPS with this certificate and key (PEM files); with `clientCa` only for clients whose certificate that authority signed. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientCa?: string };
  /** Uses this storage and keeps it when the registry stops: for a second registry over the same content. */
  readonly storageDir?: string;
  /** Listens there: for a registry that is started again. Absent: on a free port. */
  readonly port?: number;
}

export interface RunningRegistry {
  /** `http://127.0.0.1:<port>`, with `tls` `https://...` */
  readonly url: string;
  readonly host: string;
  readonly storageDir: string;
  stop(): Promise<void>;
}

/** The account of a registry with htpasswd; the hash below is bcrypt of its password. */
export const ACCOUNT = { username: 'keeper', password: 'open-sesame' } as const;
const HTPASSWD = `${ACCOUNT.username}:$2a$04$Q3TDRCtsg0hTDXnEAHuwUesq4i/rhp2/Al50Wm53Re2357HQtCnra\n`;

const START_TRIES = 5;

export async function startRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  const dir = await mkdtemp(join(tmpdir(), 'archbridge-registry-'));
  const storageDir = options.storageDir ?? join(dir, 'storage');
  for (let tries = 1; ; tries += 1) {
    const port = options.port ?? (await freePort());
    const config = join(dir, 'config.json');
    await writeFile(config, JSON.stringify(await configuration(options, dir, storageDir, port)));
    const child = spawn(
      requireProgram(options.version === 2 ? 'docker-registry' : 'registry'),
      ['serve', config],
      {
        stdio: 'ignore',
        // Without proxies and REGISTRY_* variables of this machine.
        env: { HOME: dir, OTEL_TRACES_EXPORTER: 'none' },
      },
    );
    const scheme = options.tls ? 'https' : 'http';
    if (await (options.tls ? accepts(child, port) : answers(child, port))) {
      const stop = async (): Promise<void> => {
        await end(child);
        await rm(dir, { recursive: true, force: true });
      };
      return { url: `${scheme}://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, storageDir, stop };
    }
    await end(child);
    if (tries === START_TRIES) throw new Error(`the registry ${options.version} does not start`);
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}

/** JSON is YAML, too. */
async function configuration(
  options: RegistryOptions,
  dir: string,
  storageDir: string,
  port: number,
): Promise<Record<string, unknown>> {
  return {
    version: '0.1',
    log: { level: 'error', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: storageDir },
      delete: { enabled: options.deleteEnabled ?? true },
      maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: options.readOnly ?? false } },
    },
    http: {
      addr: `127.0.0.1:${port}`,
      secret: 'of-a-test',
      ...(options.tls ? { tls: tlsSection(options.tls) } : {}),
    },
    ...(await authentication(options, dir)),
  };
}

function tlsSection({ certificate, key, clientCa }: NonNullable<RegistryOptions['tls']>) {
  return { certificate, key, ...(clientCa === undefined ? {} : { clientcas: [clientCa] }) };
}

async function authentication(options: RegistryOptions, dir: string): Promise<Record<string, unknown>> {
  if (options.auth === 'htpasswd') {
    const path = join(dir, 'htpasswd');
    await writeFile(path, HTPASSWD);
    noteAccount(ACCOUNT.username, ACCOUNT.password);
    return { auth: { htpasswd: { realm: 'test', path } } };
  }
  if (options.auth !== 'token') return {};
  const server = options.tokenServer;
  if (!server) throw new Error('auth token needs a token server');
  const { realm, service, issuer } = server;
  const rootcertbundle = join(dir, 'token.pem');
  const jwks = join(dir, 'jwks.json');
  await writeFile(rootcertbundle, server.certificate);
  await writeFile(jwks, server.jwks);
  // 2.8 accepts certificates only, 3 a key set.
  return {
    auth: { token: { realm, service, issuer, ...(options.version === 2 ? { rootcertbundle } : { jwks }) } },
  };
}

async function answers(child: ChildProcess, port: number): Promise<boolean> {
  for (let waited = 0; waited < 10_000 && child.exitCode === null; waited += 50) {
    const status = await fetch(`http://127.0.0.1:${port}/v2/`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200 || status === 401) return true;
    await pause(50);
  }
  return false;
}

/** Over TLS a TCP connection is enough, because the tests examine whom the server accepts. */
async function accepts(child: ChildProcess, port: number): Promise<boolean> {
  for (let waited = 0; waited < 10_000 && child.exitCode === null; waited += 50) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.end());
    });
    if (isOpen) return true;
    await pause(50);
  }
  return false;
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
