// Registries that answer to exhaust, to mislead or without end: every request ends in bounded time and memory with an AppError.
import { createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.js';
import { digestOf } from '../../core/content/digest.js';
import { createRegistryTarget, type RegistryTarget } from '../../core/registry/registry-target.js';
import { peakWhile } from '../support/peak-memory.js';

const never = { signal: new AbortController().signal };
const targets: RegistryTarget[] = [];
const servers: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];
afterEach(async () => {
  for (const target of targets.splice(0)) await target.close();
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

/** A server that writes what `answer` says for each request; `answer` gets the request line. */
async function serve(answer: (line: string, socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => answer(piece.toString('latin1').split('\r\n', 1)[0] ?? '', socket));
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

function connect(url: string): RegistryTarget {
  const timeouts = { connect: 5_000, headers: 500, slowHeaders: 500, body: 500 };
  const target = createRegistryTarget({ url, retryPauses: [], timeouts, visibleWithinMs: 0 });
  targets.push(target);
  return target;
}

const OK = 'HTTP/1.1 200 OK\r\ndocker-distribution-api-version: registry/2.0\r\n';
const JSON_TYPE = 'content-type: application/vnd.oci.image.manifest.v1+json\r\n';
const MIB = 1 << 20;

/** Writes the head and then bytes for ever, as fast as they are taken. */
function endless(socket: Socket, head: string, piece: string): void {
  socket.write(head);
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', more);
  more();
}

const ZEROS = gzipSync(Buffer.alloc(64 * MIB));

const KINDS: readonly (readonly [string, (line: string, socket: Socket) => void])[] = [
  ['a body without end', (_, socket) => endless(socket, `${OK}${JSON_TYPE}\r\n`, '[{"a":1},'.repeat(8_000))],
  [
    'chunks without end',
    (_, socket) =>
      endless(
        socket,
        `${OK}${JSON_TYPE}transfer-encoding: chunked\r\n\r\n`,
        `400\r\n${'{'.repeat(1024)}\r\n`.repeat(60),
      ),
  ],
  [
    'chunks of nonsense',
    (_, socket) => socket.end(`${OK}${JSON_TYPE}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`),
  ],
  [
    'a chunk of a negative size',
    (_, socket) => socket.end(`${OK}transfer-encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n`),
  ],
  ['headers without end', (_, socket) => endless(socket, OK, `x-a: ${'a'.repeat(8_000)}\r\n`)],
  [
    'a header of a megabyte',
    (_, socket) => socket.end(`${OK}x-a: ${'a'.repeat(MIB)}\r\ncontent-length: 2\r\n\r\n{}`),
  ],
  [
    'two lengths',
    (_, socket) => socket.end(`${OK}${JSON_TYPE}content-length: 2\r\ncontent-length: 9\r\n\r\n{}`),
  ],
  [
    'a length of an exabyte',
    (_, socket) => socket.end(`${OK}${JSON_TYPE}content-length: 999999999999999999\r\n\r\n{}`),
  ],
  ['a body that is cut off', (_, socket) => socket.end(`${OK}${JSON_TYPE}content-length: 90\r\n\r\n{}`)],
  ['no HTTP', (_, socket) => socket.end('SSH-2.0-OpenSSH_9.0\r\n')],
  ['nothing', (_, socket) => socket.end()],
  [
    'a redirect to itself',
    (line, socket) =>
      socket.end(`HTTP/1.1 307 a\r\nlocation: ${line.split(' ')[1] ?? ''}\r\ncontent-length: 0\r\n\r\n`),
  ],
  [
    'a redirect to another host',
    (_, socket) =>
      socket.end('HTTP/1.1 307 a\r\nlocation: http://169.254.169.254/latest\r\ncontent-length: 0\r\n\r\n'),
  ],
  [
    'a redirect to a file',
    (_, socket) => socket.end('HTTP/1.1 307 a\r\nlocation: file:///etc/passwd\r\ncontent-length: 0\r\n\r\n'),
  ],
  [
    'a redirect to nowhere',
    (_, socket) => socket.end('HTTP/1.1 307 a\r\nlocation: http://[\r\ncontent-length: 0\r\n\r\n'),
  ],
  [
    'a page of HTML',
    (_, socket) =>
      socket.end(`${OK}content-type: text/html\r\ncontent-length: 40\r\n\r\n${'<html>'.padEnd(40)}`),
  ],
  [
    'an error with escapes',
    (_, socket) =>
      socket.end(
        `HTTP/1.1 400 a\r\ncontent-length: 60\r\n\r\n${'{"errors":[{"code":"X","message":"\u001b[2J\u001b]0;x\u0007"}]}'.padEnd(60)}`,
      ),
  ],
  [
    'an error nested a million deep',
    (_, socket) => socket.end(`HTTP/1.1 400 a\r\ncontent-length: 60000\r\n\r\n${'['.repeat(60_000)}`),
  ],
  [
    'gzip that unpacks to a thousand times its size',
    (_, socket) => {
      const length = `content-length: ${String(ZEROS.length)}\r\n`;
      socket.write(`${OK}${JSON_TYPE}content-encoding: gzip\r\n${length}\r\n`);
      socket.write(ZEROS);
    },
  ],
];

describe('a hostile registry', () => {
  it.each(KINDS)('is refused in bounded memory: %s', async (_, answer) => {
    const target = connect(await serve(answer));
    const questions = [
      () => target.ping(never),
      () => target.getManifest('a/b', 'v1', never),
      () => target.listTags('a/b', never),
      () => target.repositories(never),
      () => target.getBlob('a/b', digestOf('x'), never),
      () => target.putBlob('a/b', digestOf('x'), 1, Buffer.from('x'), never),
    ];
    const strange: string[] = [];
    const peak = await peakWhile(async () => {
      for (const ask of questions) {
        const end = await ask().catch((error: unknown) => error);
        if (end instanceof Error && !(end instanceof AppError))
          strange.push(`${ask.toString()}: ${String(end)}`);
      }
    });
    expect(strange).toEqual([]);
    expect(peak).toBeLessThan(200 * MIB);
  });

  it('cannot hold a run with a list that never ends', async () => {
    let page = 0;
    const url = await serve((_, socket) => {
      const body = JSON.stringify({ name: 'a', tags: [`t${String(page++)}`] });
      const link = `</v2/a/tags/list?last=t${String(page)}>; rel="next"`;
      socket.write(`${OK}content-length: ${String(body.length)}\r\nlink: ${link}\r\n\r\n${body}`);
    });
    await expect(connect(url).listTags('a', never)).rejects.toMatchObject({
      code: 'registry.list-endless',
      params: { pages: 2_000 },
    });
  });

  it('gets no blob and no manifest past its digest', async () => {
    const url = await serve((_, socket) => socket.write(`${OK}${JSON_TYPE}content-length: 2\r\n\r\n{}`));
    const target = connect(url);
    await expect(target.getBlob('a/b', digestOf('x'), never)).rejects.toBeInstanceOf(AppError);
    await expect(target.getManifest('a/b', digestOf('x'), never)).rejects.toBeInstanceOf(AppError);
  });
});
