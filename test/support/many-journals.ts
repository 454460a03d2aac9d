// A state folder with the journals of many large imports, written as text, and the memory that reading it takes.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Each run has images of its own: nothing that is kept of one run stands for another. */
export async function writeManyJournals(stateDir: string, runs: number, images: number): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    const id = `2026${String(run).padStart(4, '0')}T000000000-abcdef`;
    const folder = join(stateDir, 'runs', id);
    await mkdir(folder, { recursive: true });
    const time = '2026-01-01T00:00:00.000Z';
    const target = { kind: 'registry', location: 'http://r.test', charts: [] };
    const start = { time, type: 'run-started', run: id, version: '0', target, packages: [], weakened: [] };
    const lines = [start, ...Array.from({ length: images }, (_, at) => rowsOf(run, at, time)).flat()];
    await writeFile(join(folder, 'journal.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}

export function manifestDigest(run: number, image: number): `sha256:${string}` {
  const hex = createHash('sha256')
    .update(`${String(run)} ${String(image)}`)
    .digest('hex');
  return `sha256:${hex}`;
}

export function tagOf(image: number): string {
  return `r.test/team/app${String(image)}:1.0`;
}

function rowsOf(run: number, image: number, time: string): readonly object[] {
  const target = tagOf(image);
  const digest = manifestDigest(run, image);
  const mediaType = 'application/vnd.docker.distribution.manifest.list.v2+json';
  const after = { digest, mediaType, platforms: ['linux/amd64', 'linux/arm64'] };
  const sources = [`ghcr.io/team/app${String(image)}:1.0`, `docker.io/team/app${String(image)}:1.0`];
  return [
    { time, type: 'tag-writing', target, before: null, next: digest },
    {
      ...{ time, type: 'image', source: sources[0], sources, target, repository: `team/app${String(image)}` },
      ...{ tag: '1.0', platform: 'linux/amd64', digest, config: manifestDigest(run, -1 - image) },
      ...{ action: 'push', reason: '', package: 'addon.tar.gz', version: `1.${String(run)}.0` },
      ...{ before: null, after, problem: null },
    },
  ];
}

/** Bytes that `work` holds at most beyond what was held before; garbage does not count. */
export async function heldWhile(work: () => Promise<unknown>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = (): number => {
    collect();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const before = held();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, held())), 250);
  try {
    const result = await work();
    most = Math.max(most, held());
    // until here the result is in use
    if (result === null) throw new Error('no result');
  } finally {
    clearInterval(timer);
  }
  return most - before;
}
