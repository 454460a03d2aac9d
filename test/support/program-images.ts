// Images with programs: ELF files for any machine, in layers of any content, with any start command.
import { gzipSync } from 'node:zlib';
import { digestOf } from '../../core/content/digest.js';
import { zstdFrame } from './zstd-frame.js';
import { makeTar, type TarFile, type TestImage, type TestLayer } from './packages.js';

/** e_machine, bits and byte order of GOARCH names. */
const MACHINES = {
  '386': [3, 32, 'LE'],
  amd64: [62, 64, 'LE'],
  arm: [40, 32, 'LE'],
  arm64: [183, 64, 'LE'],
  bpf: [247, 64, 'LE'],
  loong64: [258, 64, 'LE'],
  mips64le: [8, 64, 'LE'],
  ppc64: [21, 64, 'BE'],
  ppc64le: [21, 64, 'LE'],
  riscv64: [243, 64, 'LE'],
  s390x: [22, 64, 'BE'],
} as const;
export type Machine = keyof typeof MACHINES;
const TYPES = { rel: 1, exec: 2, dyn: 3 } as const;

/** The header of an ELF file and some bytes more. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
export function elf(machine: Machine, type: keyof typeof TYPES = 'exec'): Buffer {
  const [number, bits, order] = MACHINES[machine];
  const bytes = Buffer.alloc(120);
  bytes.write('\x7fELF', 'latin1');
  bytes[4] = bits === 64 ? 2 : 1;
  bytes[5] = order === 'LE' ? 1 : 2;
  bytes[6] = 1;
  for (const [at, value] of [
    [16, TYPES[type]],
    [18, number],
  ] as const) {
    if (order === 'LE') bytes.writeUInt16LE(value, at);
    else bytes.writeUInt16BE(value, at);
  }
  return bytes;
}

export function layerOf(files: readonly TarFile[], form: 'gzip' | 'plain' | 'zstd' = 'gzip'): TestLayer {
  const tar = makeTar(files);
  const stored = form === 'gzip' ? gzipSync(tar) : form === 'plain' ? tar : zstdFrame(tar);
  return { tar, stored, digest: digestOf(stored), diffId: digestOf(tar) };
}

export interface ImageParts {
  readonly name?: string;
  /** The platform in the config; undefined: the config names none. */
  readonly architecture?: string | undefined;
  /** The `config` part of the config: Entrypoint, Cmd, Env, WorkingDir. */
  readonly start?: Readonly<Record<string, unknown>>;
  readonly layers: readonly (TestLayer | readonly TarFile[])[];
}

export function programImage(parts: ImageParts): TestImage {
  const layers = parts.layers.map((layer) => ('stored' in layer ? layer : layerOf(layer)));
  const config = {
    ...('architecture' in parts && parts.architecture === undefined
      ? {}
      : { architecture: parts.architecture ?? 'arm64' }),
    os: 'linux',
    created: '2023-07-02T08:00:00Z',
    config: parts.start ?? {},
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
  };
  return {
    names: [parts.name ?? 'ghcr.io/app/app:1.0.0'],
    config: Buffer.from(JSON.stringify(config)),
    architecture: parts.architecture ?? '',
    layers,
  };
}
