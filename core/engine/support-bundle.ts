// The command support-bundle: packs logs, journals and facts about this computer into one file, with secrets removed.
import { readdir } from 'node:fs/promises';
import { arch, cpus, freemem, platform, release, totalmem } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { packChart } from '../chart/files/archive.js';
import type { SupportBundle, SupportBundleRequest } from '../contract.js';
import { AppError } from '../errors.js';
import { freeBytes } from '../layout/free-space.js';
import { replaceFile } from '../layout/durable-file.js';
import { makeFolder } from '../layout/make-folder.js';
import { listRuns } from '../journal/journal.js';
import type { Cancellable } from '../ports/cancellable.js';
import { withoutSecrets } from '../messages/without-secrets.js';
import type { EngineDeps } from './deps.js';
import { tailOf } from '../layout/file-tail.js';

/** The newest runs whose journals are taken. */
const RUNS = 5;
/** Bytes at the end of each log and journal that are taken. */
const TAIL = 4 * 1024 * 1024;

/** Writes the file and tells what it holds. Throws errors of the disk. */
export async function supportBundle(
  { file, details = '' }: SupportBundleRequest,
  { stateDir, version }: EngineDeps,
  options: Cancellable,
): Promise<SupportBundle> {
  const path = resolve(file);
  if (!/\.(?:tar\.gz|tgz)$/.test(path))
    throw new AppError('support.file-ending', { origin: 'config', params: { file } });
  const found = new Map<string, { readonly bytes: Buffer; readonly isCut: boolean }>();
  found.set('about.json', { bytes: Buffer.from(await about(stateDir, version, options)), isCut: false });
  if (details !== '')
    found.set('error.txt', { bytes: Buffer.from(`${withoutSecrets(details)}\n`), isCut: false });
  for (const [name, source] of await sources(stateDir)) {
    const tail = await tailOf(source, TAIL, options);
    if (tail === null) continue;
    found.set(name, { bytes: Buffer.from(withoutSecrets(tail.text)), isCut: tail.isCut });
  }
  // the same archives as those of charts: the same files always give the same bytes
  const bytes = packChart('archbridge-support', new Map([...found].map(([name, one]) => [name, one.bytes])));
  options.signal.throwIfAborted();
  await makeFolder(dirname(path));
  await replaceFile(path, join(dirname(path), `.${basename(path)}.${process.pid}`), bytes);
  return {
    schema: 'archbridge.support-bundle/1',
    file: path,
    bytes: bytes.length,
    files: [...found].map(([name, one]) => ({ path: name, bytes: one.bytes.length, isCut: one.isCut })),
  };
}

/** Names in the archive and paths on disk. */
async function sources(stateDir: string): Promise<readonly (readonly [string, string])[]> {
  const logs = (await readdir(join(stateDir, 'logs')).catch(() => [])).filter((name) =>
    name.includes('.log'),
  );
  const runs = (await listRuns(stateDir)).slice(-RUNS);
  return [
    ...logs.map((name) => [`logs/${name}`, join(stateDir, 'logs', name)] as const),
    ...runs.map(
      (run) => [`runs/${run}/journal.jsonl`, join(stateDir, 'runs', run, 'journal.jsonl')] as const,
    ),
    ['app-settings.json', join(stateDir, 'app-settings.json')],
  ];
}

async function about(stateDir: string, version: string, options: Cancellable): Promise<string> {
  const free = await freeBytes(stateDir, options);
  const facts = {
    schema: 'archbridge.support-about/1',
    archbridge: version,
    node: process.version,
    system: `${platform()} ${release()} ${arch()}`,
    processors: cpus().length,
    memory: { total: totalmem(), free: freemem() },
    stateFolder: { path: stateDir, free },
    time: new Date().toISOString(),
  };
  return `${JSON.stringify(facts, null, 2)}\n`;
}
