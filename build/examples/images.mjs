// Image archives as go-containerregistry writes them for `docker save`: configs, gzip layers, manifest.json last.
import { createHash } from 'node:crypto';
import { gzipSync } from 'fflate';
import { program } from './program.mjs';
import { tar } from './tar.mjs';

const CREATED = '2024-03-01T08:00:00Z';

/** @param {Uint8Array} bytes @returns {string} hex */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * The same bytes under every Node: the compressor is a pinned JavaScript one, and the header carries no time.
 * @param {Buffer} bytes @returns {Buffer}
 */
export const gzip = (bytes) => Buffer.from(gzipSync(bytes, { level: 9, mtime: 0 }));

/**
 * @param {{ reference: string, note: string, ballast?: number }} image `ballast`: bytes that do not compress
 * @param {'amd64' | 'arm64'} arch
 * @returns {{ reference: string, config: Buffer, layers: { hex: string, packed: Buffer }[] }}
 */
function buildImage({ reference, note, ballast = 0 }, arch) {
  const name = reference.slice(reference.lastIndexOf('/') + 1, reference.lastIndexOf(':'));
  const raw = [baseLayer(), programLayer(arch), noteLayer(name, note, ballast)];
  const config = Buffer.from(
    JSON.stringify({
      architecture: arch,
      os: 'linux',
      created: CREATED,
      config: {
        Env: ['PATH=/usr/local/bin:/usr/bin:/bin'],
        Entrypoint: ['/bin/app'],
        Cmd: ['serve'],
        Labels: { 'org.opencontainers.image.title': name },
      },
      rootfs: { type: 'layers', diff_ids: raw.map((bytes) => `sha256:${sha256(bytes)}`) },
      history: raw.map((_, at) => ({ created: CREATED, created_by: `layer ${at}` })),
    }),
  );
  const layers = raw.map((bytes) => {
    const packed = gzip(bytes);
    return { hex: sha256(packed), packed };
  });
  return { reference, config, layers };
}

/** Holds text only, so it is the same blob in every image of both architectures. */
function baseLayer() {
  return tar([
    { path: 'etc/' },
    { path: 'etc/os-release', bytes: Buffer.from('NAME="Example base"\nID=example\nVERSION_ID=1\n') },
  ]);
}

function programLayer(arch) {
  return tar([{ path: 'bin/' }, { path: 'bin/app', bytes: program(arch), mode: 0o755 }]);
}

function noteLayer(name, note, ballast) {
  const entries = [
    { path: 'usr/' },
    { path: 'usr/share/' },
    { path: `usr/share/${name}/` },
    { path: `usr/share/${name}/README`, bytes: Buffer.from(`${note}\n`) },
  ];
  if (ballast > 0) entries.push({ path: `usr/share/${name}/data.bin`, bytes: noise(name, ballast) });
  return tar(entries);
}

function noise(seed, size) {
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, at) =>
    createHash('sha256').update(`${seed} ${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
}

/**
 * @param {{ reference: string, note: string, ballast?: number }[]} images
 * @param {'amd64' | 'arm64'} arch
 * @returns {Buffer} images.tar: each layer once, manifest.json in one line, sorted by reference
 */
export function imagesTar(images, arch) {
  const built = images.map((image) => buildImage(image, arch));
  const written = new Set();
  const entries = [];
  for (const { config, layers } of built) {
    entries.push({ path: `sha256:${sha256(config)}`, bytes: config });
    for (const { hex, packed } of layers) {
      if (!written.has(hex)) entries.push({ path: `${hex}.tar.gz`, bytes: packed });
      written.add(hex);
    }
  }
  const manifest = built
    .map(({ reference, config, layers }) => ({
      Config: `sha256:${sha256(config)}`,
      RepoTags: [reference],
      Layers: layers.map(({ hex }) => `${hex}.tar.gz`),
    }))
    .sort((a, b) => (a.RepoTags[0] < b.RepoTags[0] ? -1 : 1));
  entries.push({ path: 'manifest.json', bytes: Buffer.from(JSON.stringify(manifest)) });
  return tar(entries);
}
