// The thread that decompresses a gzip stream, so that this goes on while the engine's thread hashes and sends. It is plain JavaScript,
// because Node starts it as a file: tests from the sources, the product from dist. Started by open-gunzip-thread.ts.
import { createHash } from 'node:crypto';
import * as threads from 'node:worker_threads';
import { createGunzip } from 'node:zlib';

/**
 * `ring`: shared memory of `slots` slots of `slotBytes` bytes each, for what was decompressed. `sha512`: compute the digest of the file.
 * Gets `{ piece }` for each piece of the file, null at its end, and `{ slots }` with the slots that may be filled again. Posts
 * `{ kind: 'taken' }` for each piece, `{ kind: 'piece', slot, length, read }` for what was decompressed, and at the end
 * `{ kind: 'end', read, sha512 }` or `{ kind: 'failed', code, message, read }`; `read` counts the bytes of the pieces that were taken.
 */
const { parentPort, workerData } = threads;
const { ring, slots, slotBytes, sha512 } = workerData;

const { port1: port, port2: other } = new threads.MessageChannel();
other.close();
port.unref();

const memory = Buffer.from(ring);
const free = Array.from({ length: slots }, (_, at) => at);
const given = [];
let wakeReader = () => undefined;
let wakeWriter = () => undefined;
parentPort.on('message', ({ piece, slots: filled }) => {
  if (filled) {
    free.push(...filled);
    wakeWriter();
  } else {
    given.push(piece);
    wakeReader();
  }
});

const hash = sha512 ? createHash('sha512') : null;
const inflate = createGunzip({ chunkSize: slotBytes });
let read = 0;
let slot = -1;
let length = 0;

try {
  await Promise.all([feed(), drain()]);
  parentPort.postMessage({ kind: 'end', read, sha512: hash?.digest('hex') ?? null });
} catch ({ code, message }) {
  if (length > 0) post(); // everything that could be read is delivered
  parentPort.postMessage({ kind: 'failed', code: String(code ?? ''), message, read });
}
parentPort.close();

/** Writes the file into zlib. What follows the last member is read, too: zeros are padding, and the digest is that of the whole file. */
async function feed() {
  const closed = new Promise((resolve) => inflate.once('close', resolve));
  for (let piece = await nextPiece(); piece !== null; piece = await nextPiece()) {
    read += piece.length;
    const taken = piece;
    // zlib works in a thread of Node's pool while this one hashes
    const written = inflate.readableEnded
      ? null
      : new Promise((resolve) => inflate.write(taken, () => resolve()));
    hash?.update(piece);
    if (written) {
      await Promise.race([written, closed]);
      if (inflate.destroyed && !inflate.readableEnded) return;
    }
    freeMemory(piece);
    parentPort.postMessage({ kind: 'taken' });
  }
  if (!inflate.destroyed) inflate.end();
}

async function nextPiece() {
  while (given.length === 0) await new Promise((resolve) => (wakeReader = resolve));
  return given.shift();
}

/** Copies what was decompressed into the slots. */
async function drain() {
  for await (const piece of inflate) {
    for (let at = 0; at < piece.length;) {
      if (slot < 0) slot = await freeSlot();
      const copied = piece.copy(memory, slot * slotBytes + length, at, at + slotBytes - length);
      at += copied;
      length += copied;
      if (length === slotBytes) post();
    }
    if (piece.byteOffset + piece.length === piece.buffer.byteLength) freeMemory(piece);
  }
  if (length > 0) post();
}

/** As free-memory.ts. */
function freeMemory({ buffer }) {
  if (!threads.isMarkedAsUntransferable?.(buffer)) port.postMessage(null, [buffer]);
}

function post() {
  parentPort.postMessage({ kind: 'piece', slot, length, read });
  slot = -1;
  length = 0;
}

async function freeSlot() {
  while (free.length === 0) await new Promise((resolve) => (wakeWriter = resolve));
  return free.shift();
}
