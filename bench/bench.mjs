#!/usr/bin/env node
// Measures imports beside what the machine can do at most and beside other tools, in interleaved rounds, each against a fresh registry.
//
//   npm run bench                      60 images, 1 GB: registry, folder, inspect
//   npm run bench -- --quick           the same with 12 images and fewer rounds
//   npm run bench -- many              4,000 images in 100 charts
//   npm run bench -- latency           small images at 20 and 80 ms, large layers at 20 MB/s a connection
//   npm run bench -- real-size         240 images, 14 GB (--gigabytes N for another size), one round
//
// --rounds N   --folder DIR (packages, storage; default /dev/shm where there)   --packages DIR (packages are kept there)
//   --out DIR (JSON, table, picture; default .cache/bench)
// --only NAMES (groups, with commas)   --also NAME=dist/cli/main.js (a second build beside this one; repeatable)
// --skopeo, --crane, --charts-syncer, --hauler, --mindthegap PATH   (skopeo and crane are looked for in PATH)
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure } from './measured.mjs';
import { startRegistry } from './registry.mjs';
import { pictureOf, requestsOf, summarize, tableOf } from './results.mjs';
import { scenarioOf } from './scenarios.mjs';
import { startSlowLink } from './start-slow-link.mjs';

const text = { type: 'string' };
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: text,
    folder: text,
    packages: text,
    out: text,
    only: text,
    gigabytes: { ...text, default: '14' },
    also: { ...text, multiple: true, default: [] },
    registry: { ...text, default: 'docker-registry' },
    skopeo: { ...text, default: found('skopeo') },
    crane: { ...text, default: found('crane') },
    'charts-syncer': text,
    hauler: text,
    mindthegap: text,
  },
});

const root = fileURLToPath(new URL('..', import.meta.url));
const out = options.out ?? join(root, '.cache', 'bench');
const parent = options.folder ?? (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
const folder = await mkdtemp(join(parent, 'archbridge-bench-'));
process.once('SIGINT', () => process.exit(130));
process.once('exit', () => execFileSync('rm', ['-rf', folder]));

const packages = options.packages ?? folder;
const groups = scenarioOf(positionals[0] ?? 'import', options, join(root, 'dist/cli/main.js'));
const only = options.only?.split(',') ?? groups.map((group) => group.name);
const commit = execFileSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
await mkdir(out, { recursive: true });
for (const group of groups.filter(({ name }) => only.includes(name))) await runGroup(group);

async function runGroup(group) {
  const pack = await packageOf(group.package);
  const rounds = [];
  const count = Number(options.rounds ?? group.rounds);
  for (let round = 0; round < count; round += 1) {
    const results = {};
    for (const contender of group.contenders) {
      results[contender.name] = await runOne(group, contender, pack);
      process.stderr.write(
        `${group.name} ${round + 1}/${count} ${contender.name}: ${results[contender.name].seconds.toFixed(2)} s\n`,
      );
    }
    rounds.push(results);
  }
  const summaries = summarize(rounds);
  const about = {
    group: group.name,
    title: group.title,
    commit,
    date: new Date().toISOString().slice(0, 10),
    package: pack.facts,
    bound: group.bound ?? null,
  };
  const table = tableOf(summaries, pack.facts.bundleBytes / 1e9);
  await writeFile(join(out, `${group.name}.json`), JSON.stringify({ ...about, summaries, rounds }, null, 1));
  await writeFile(join(out, `${group.name}.svg`), pictureOf(group.title, summaries));
  const page = `## ${group.title}\n\n${about.date}, commit ${commit}, ${count} rounds\n\n${table}\n\n${requestsOf(summaries)}\n`;
  await writeFile(join(out, `${group.name}.md`), page);
  console.log(page);
}

async function runOne(group, contender, pack) {
  const place = await mkdtemp(join(folder, 'run-'));
  const work = join(place, 'work');
  await mkdir(work);
  const registry = group.intoFolder ? null : await startRegistry(options.registry, join(place, 'registry'));
  const link = registry && group.link ? await startSlowLink(registry.host, group.link) : null;
  try {
    const given = { package: pack, host: link?.host ?? registry?.host ?? null, folder: work };
    for (const step of contender.before ?? []) await measure(await step(given), { folder: work });
    const earlier = await registry?.facts();
    const { stdout, ...measured } = await measure(await contender.command(given), { folder: work });
    const later = await registry?.facts();
    return {
      ...measured,
      ...(contender.isLimit ? JSON.parse(stdout) : {}),
      isLimit: contender.isLimit ?? false,
      isOwn: contender.isOwn ?? false,
      // an import into a folder writes its target there; it is no temporary file
      temporaryDisk: group.intoFolder ? 0 : measured.temporaryDisk,
      registryCpu: registry ? later.cpu - earlier.cpu : 0,
      stored: later?.stored ?? 0,
      requests: registry ? difference(later.requests, earlier.requests) : {},
      ...(contender.isOwn ? totalsOf(stdout) : {}),
    };
  } finally {
    link?.stop();
    await registry?.stop();
    await rm(place, { recursive: true, force: true });
  }
}

function difference(later, earlier) {
  return Object.fromEntries(
    Object.entries(later)
      .map(([kind, count]) => [kind, count - (earlier[kind] ?? 0)])
      .filter(([, count]) => count > 0),
  );
}

/** What Archbridge itself says: it knows bytes of the package and of blobs apart from everything else that it reads and writes. */
function totalsOf(stdout) {
  const totals = JSON.parse(stdout).totals;
  return totals
    ? { bytesRead: totals.bytesRead, bytesWritten: totals.bytesSent, peakMemory: totals.peakMemoryBytes }
    : {};
}

/** Makes a package once; the file beside it describes it. */
async function packageOf(args) {
  const name = Object.entries(args).flat().join('-');
  const path = join(packages, name, `addon-offline-full-package-v0.9.0-${args.arch ?? 'amd64'}.tar.gz`);
  const description = join(packages, name, 'description.json');
  if (!existsSync(description)) {
    await mkdir(join(packages, name), { recursive: true });
    const list = Object.entries(args).flatMap(([key, value]) => [`--${key}`, String(value)]);
    const made = execFileSync(
      process.execPath,
      [join(root, 'bench/make-package.mjs'), ...list, '--out', path],
      { maxBuffer: 1 << 28 },
    );
    await writeFile(description, made);
  }
  const { charts, images, bundleBytes, uniqueLayers } = JSON.parse(await readFile(description, 'utf8'));
  return { path, description, facts: { charts, images, bundleBytes, uniqueLayers } };
}

function found(program) {
  try {
    return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
