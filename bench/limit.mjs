// What no importer can be faster than on this machine: the parts of an import alone, each as lean as Node can do it.
//
//   node limit.mjs import  PACKAGE DESCRIPTION HOST [N] gunzip, and at the same time the raw upload of all unique layers, N (4) at a time
//   node limit.mjs folder  PACKAGE DESCRIPTION FOLDER  the slowest of gunzip, one SHA-256 of all layers, writing the unique layers
//   node limit.mjs inspect PACKAGE DESCRIPTION -       gunzip, SHA-512 of the file and SHA-256 of the content in parallel threads
//
// Prints seconds and CPU seconds as JSON. What has to be prepared (content, digests) is not timed.
import { createCipheriv, createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';

const MB = 1 << 20;
const UPLOADS = '4';
const HEAD = 16;

if (isMainThread) await main(process.argv.slice(2));
else await part(workerData);

async function main([mode, path, description, goal, uploads = UPLOADS]) {
  const { layerSizes, bundleBytes } = JSON.parse(readFileSync(description, 'utf8'));
  const unpack = () => inThread({ kind: 'gunzip', path });
  let seconds;
  let cpu;
  if (mode === 'import') {
    const layers = prepare(layerSizes);
    ({ seconds, cpu } = await timed(() => Promise.all([unpack(), upload(goal, layers, Number(uploads))])));
  } else if (mode === 'inspect') {
    const work = () => Promise.all([unpack(), inThread({ kind: 'sha512', path }), sha256(bundleBytes)]);
    ({ seconds, cpu } = await timed(work));
  } else {
    const parts = [];
    for (const work of [unpack, () => sha256(bundleBytes), () => write(goal, layerSizes)]) {
      parts.push(await timed(work));
    }
    seconds = Math.max(...parts.map((one) => one.seconds));
    cpu = parts.reduce((sum, one) => sum + one.cpu, 0);
  }
  console.log(JSON.stringify({ seconds, cpu }));
}

async function timed(work) {
  const before = process.cpuUsage();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { seconds, cpu: (user + system) / 1e6 };
}

function sha256(bytes) {
  return inThread({ kind: 'sha256', bytes });
}

function inThread(data) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: data });
    worker.once('error', reject);
    worker.once('exit', resolve);
  });
}

async function part({ kind, path, bytes }) {
  if (kind === 'sha256') {
    const hash = createHash('sha256');
    const piece = Buffer.alloc(MB, 7);
    for (let left = bytes; left > 0; left -= MB) hash.update(piece.subarray(0, Math.min(MB, left)));
    hash.digest();
    return;
  }
  const file = createReadStream(path, { highWaterMark: MB });
  const consumer = kind === 'sha512' ? createHash('sha512') : createGunzip({ chunkSize: MB });
  file.pipe(consumer).resume();
  await new Promise((resolve) => consumer.once('end', resolve));
}

/** Layers of the given sizes: they share their bytes except the first ones, which make their digests differ. */
function prepare(sizes) {
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16)).update(
    Buffer.alloc(Math.max(...sizes)),
  );
  return sizes.map((size, at) => {
    const head = Buffer.from(String(at).padEnd(HEAD));
    const rest = noise.subarray(HEAD, size);
    return { head, rest, size, digest: createHash('sha256').update(head).update(rest).digest('hex') };
  });
}

async function upload(host, layers, uploads) {
  const agent = new Agent({ keepAlive: true, maxSockets: uploads });
  const left = [...layers];
  const one = async () => {
    for (let layer = left.pop(); layer; layer = left.pop()) {
      const opened = await send(agent, 'POST', `http://${host}/v2/limit/layers/blobs/uploads/`, null);
      const goal = new URL(opened.headers.location);
      goal.searchParams.set('digest', `sha256:${layer.digest}`);
      const closed = await send(agent, 'PUT', goal, layer);
      if (closed.statusCode !== 201) throw new Error(`the registry answered ${closed.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: uploads }, one));
  agent.destroy();
}

function send(agent, method, url, layer) {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-length': layer?.size ?? 0,
      ...(layer ? { 'content-type': 'application/octet-stream' } : {}),
    };
    const sent = request(url, { agent, method, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response));
    });
    sent.once('error', reject);
    if (layer) sent.write(layer.head);
    sent.end(layer?.rest);
  });
}

async function write(folder, sizes) {
  const piece = Buffer.alloc(MB, 7);
  for (const [at, size] of sizes.entries()) {
    const file = await open(join(folder, `layer-${at}`), 'w');
    for (let left = size; left > 0; left -= MB) await file.write(piece, 0, Math.min(MB, left));
    await file.close();
  }
}
