// Damages a small package in many ways and imports it, to find out whether anything wrong becomes visible or is left out silently.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { exitCodeForProblem, exitCodeForReport } from '../../cli/exit-codes.js';
import { createEngine } from '../../core/engine.js';
import { makeBundle, makeImage, makeLayer, makeTar, tinyBundle } from './packages.js';

const indexSchema = z.looseObject({
  manifests: z.array(z.looseObject({ digest: z.string(), annotations: z.record(z.string(), z.string()) })),
});

/** Two charts with an image each; `text` makes the layers of another version. */
function smallTar(text: string): Buffer {
  const bundle = (folder: string, name: string) => ({
    path: `${folder}/${name}_1.0.0.bundle.tar`,
    body: makeBundle(
      tinyBundle(name, [
        makeImage(`ghcr.io/${name}/app:1.0.0`, 'amd64', [makeLayer(text + name), makeLayer(name, 'plain')]),
      ]),
    ),
  });
  return makeTar([bundle('addon', 'anchor'), bundle('community', 'bollard')]);
}

const tar = smallTar('first');
const gzip = gzipSync(tar);
const otherTar = smallTar('second');
const otherGzip = gzipSync(otherTar);

/** A number from 0 up to `below`, from a seeded sequence. */
export type Random = (below: number) => number;

/** mulberry32: the same sequence for the same seed. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

function flip(bytes: Buffer, random: Random): Buffer {
  const flipped = Buffer.from(bytes);
  for (let left = 1 + random(3); left > 0; left--) {
    const at = random(bytes.length);
    flipped.writeUInt8((flipped[at] ?? 0) ^ (1 + random(255)), at);
  }
  return flipped;
}

/** Half of the cuts lie where a block of a tar ends. */
function cut(bytes: Buffer, random: Random): Buffer {
  const at = 1 + random(bytes.length - 1);
  return bytes.subarray(0, random(2) === 0 ? at : Math.max(512, at - (at % 512)));
}

function zero(bytes: Buffer, random: Random): Buffer {
  const sector = [512, 1024, 4096][random(3)] ?? 512;
  const from = random(Math.ceil(bytes.length / 512)) * 512;
  const end = random(4) === 0 ? bytes.length : from + sector;
  return Buffer.from(bytes).fill(0, from, Math.min(end, bytes.length));
}

function swap(bytes: Buffer, random: Random): Buffer {
  const size = Math.min(512 * (1 + random(8)), bytes.length >> 2);
  const at = (): number => Math.floor(random(bytes.length - size) / 512) * 512;
  const [a, b] = [at(), at()];
  const swapped = Buffer.from(bytes);
  bytes.copy(swapped, a, b, b + size);
  bytes.copy(swapped, b, a, a + size);
  return swapped;
}

/** The beginning of one package and the end of another, or one behind the other. */
function mix(bytes: Buffer, other: Buffer, random: Random): Buffer {
  if (random(4) === 0) return Buffer.concat([bytes, other]);
  const at = random(Math.min(bytes.length, other.length));
  const from = random(2) === 0 ? at : at - (at % 512);
  return Buffer.concat([bytes.subarray(0, from), other.subarray(from)]);
}

export interface Damaged {
  readonly what: string;
  readonly bytes: Buffer;
  /** The SHA-512 of the undamaged package, where it is known. */
  readonly sha512: string | undefined;
  /** True for bytes that no checksum inside proves: text in them may be another. */
  readonly isPlain: boolean;
}

const DAMAGES = [flip, cut, zero, swap] as const;

/** One damaged package. */
export function damagedPackage(random: Random): Damaged {
  const damage = DAMAGES[random(DAMAGES.length)] ?? flip;
  switch (random(5)) {
    case 0:
      return { what: `mix, gzip`, bytes: mix(gzip, otherGzip, random), sha512: undefined, isPlain: false };
    case 1:
      return { what: `${damage.name}, gzip`, bytes: damage(gzip, random), sha512: undefined, isPlain: false };
    case 2:
      return { what: `${damage.name}, tar`, bytes: damage(tar, random), sha512: undefined, isPlain: true };
    case 3: {
      const bytes = random(2) === 0 ? mix(tar, otherTar, random) : damage(tar, random);
      const isPlain = random(2) === 0;
      const whole = isPlain ? tar : gzip;
      const sha512 = createHash('sha512').update(whole).digest('hex');
      return { what: 'any, tar, known sum', bytes: isPlain ? bytes : gzipSync(bytes), sha512, isPlain };
    }
    default:
      return {
        what: 'cut before gzip',
        bytes: gzipSync(cut(tar, random)),
        sha512: undefined,
        isPlain: false,
      };
  }
}

/** The texts of the first bundle that no digest proves, by the bytes with which each begins. */
const TEXTS = {
  'the hints': ['- "{{', '\n'],
  'values.yaml': ['image:\n  registry', 'tag: 1.0.0\n'],
  'manifest.json': ['[{"Config"', '}]'],
} as const;

/**
 * The package with one byte of these texts flipped, for each byte: in a gzip stream that holds the bytes as they are, and in a plain tar
 * whose SHA-512 is known.
 */
export function withFlippedTexts(): readonly Damaged[] {
  const sha512 = createHash('sha512').update(tar).digest('hex');
  const forms = [
    { form: 'gzip', bytes: gzipSync(tar, { level: 0 }), sha512: undefined, isPlain: false },
    { form: 'tar, known sum', bytes: tar, sha512, isPlain: true },
  ];
  return forms.flatMap(({ form, bytes, ...rest }) =>
    Object.entries(TEXTS).flatMap(([text, [begin, end]]) => {
      const from = bytes.indexOf(begin);
      const length = bytes.indexOf(end, from) + end.length - from;
      if (from < 0 || length < 40) throw new Error(`${form} does not hold ${text}`);
      return Array.from({ length }, (_, at) => {
        const flipped = Buffer.from(bytes);
        // the lowest bit: a letter becomes another one, a digit another one
        flipped.writeUInt8((flipped[from + at] ?? 0) ^ 1, from + at);
        return { what: `${form}, byte ${String(at)} of ${text}`, bytes: flipped, ...rest };
      });
    }),
  );
}

interface Seen {
  readonly exit: number;
  readonly codes: readonly string[];
  /** Tag to digest, chart archive to SHA-256. */
  readonly visible: ReadonlyMap<string, string>;
}

/** Imports packages into folders and tells what is wrong with what became visible. */
export class FuzzBench {
  readonly #folder: string;
  #truth: Promise<Seen> | null = null;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What is wrong after the import of a damaged package; '' when nothing is. */
  async faultOf({ bytes, sha512, isPlain }: Damaged): Promise<string> {
    if ([gzip, tar, otherGzip, otherTar].some((whole) => bytes.equals(whole))) return '';
    this.#truth ??= this.#import(gzip, undefined);
    const truth = await this.#truth;
    if (truth.exit !== 0 || truth.visible.size !== 4) return 'the undamaged package is not imported';
    const { exit, codes, visible } = await this.#import(bytes, sha512);
    if (exit === 1) return `a defect: ${codes.join()}`;
    const isTextUnproven = isPlain && sha512 === undefined && codes.includes('package.text-unproven');
    const other = [...visible].filter(([name, digest]) => truth.visible.get(name) !== digest);
    if (other.length > 0 && !isTextUnproven) return `visible and different: ${JSON.stringify(other)}`;
    if (exit === 0 && visible.size < truth.visible.size)
      return `exit 0 with ${String(visible.size)} of ${String(truth.visible.size)}: ${codes.join()}`;
    return '';
  }

  async #import(bytes: Buffer, sha512: string | undefined): Promise<Seen> {
    const folder = join(this.#folder, String(this.#count++));
    const store = join(folder, 'store');
    const path = join(folder, 'addon-offline-full-package-v0.1.0-amd64.tar.gz');
    mkdirSync(folder);
    writeFileSync(path, bytes);
    const engine = createEngine({ stateDir: join(folder, 'state'), version: '0.0.0', log: () => undefined });
    const request = { packages: [path], target: { store }, ...(sha512 === undefined ? {} : { sha512 }) };
    const result = await engine.import(request, { signal: new AbortController().signal });
    const seen = result.ok
      ? { exit: exitCodeForReport(result.value), codes: result.value.problems.map(({ code }) => code) }
      : { exit: exitCodeForProblem(result.problem), codes: [result.problem.code] };
    const visible = new Map([...tagsIn(store), ...chartsIn(store)]);
    rmSync(folder, { recursive: true });
    return { ...seen, visible };
  }
}

function tagsIn(store: string): readonly (readonly [string, string])[] {
  const text = readOrNull(join(store, 'oci', 'index.json'))?.toString() ?? '{"manifests":[]}';
  return indexSchema
    .parse(JSON.parse(text))
    .manifests.map(({ digest, annotations }) => [
      annotations['org.opencontainers.image.ref.name'] ?? '',
      digest,
    ]);
}

function chartsIn(store: string): readonly (readonly [string, string])[] {
  const names =
    readOrNull(join(store, 'charts', 'index.yaml')) === null ? [] : readdirSync(join(store, 'charts'));
  return names
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(store, 'charts', name)))
        .digest('hex'),
    ]);
}

function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
