#!/usr/bin/env node
// Writes an add-on package of any size in the layout that charts-syncer gives bundles,
// for benchmarks, memory and fault tests. Same arguments, same bytes. Node only, memory stays flat.
//
//   node make-package.mjs --arch amd64 --out addon-offline-full-package-v0.9.0-amd64.tar.gz
//     --version v0.9.0   --charts 12   --images 5 (a chart)   --layers 3 (own layers an image)   --layer-mb 4
//     --bases 3 (base layers shared between images, twice the size)   --rebuilt 0 (of 100 images that many get another digest
//     under the same tag)   --shared 0 (of 100 own layers that many are equal in every arch)   --gzip 1 (outer level, 0-9)
import { createCipheriv, createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import zlib from 'node:zlib';

const { values: o } = parseArgs({
  options: Object.fromEntries(
    [
      ['arch', 'amd64'],
      ['out', ''],
      ['version', 'v0.9.0'],
      ['charts', '12'],
      ['images', '5'],
      ['layers', '3'],
      ['layer-mb', '4'],
      ['bases', '3'],
      ['rebuilt', '0'],
      ['shared', '0'],
      ['gzip', '1'],
      ['registry', 'release.example.io'],
    ].map(([name, value]) => [name, { type: 'string', default: value }]),
  ),
});
const arch = o.arch;
const out = o.out || `addon-offline-full-package-${o.version}-${arch}.tar.gz`;
const count = { charts: +o.charts, images: +o.images, layers: +o.layers, bases: +o.bases };
const layerBytes = Math.round(+o['layer-mb'] * 1e6);
const machine =
  { amd64: 0x3e, arm64: 0xb7, arm: 0x28, ppc64le: 0x15, s390x: 0x16, riscv64: 0xf3 }[arch] ?? 0x3e;

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const pick = (key, percent) => parseInt(sha256(key).slice(0, 8), 16) % 100 < percent;

function noise(seed, bytes) {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16)).update(Buffer.alloc(bytes));
}

function tarHeader(name, size, type = '0') {
  if (Buffer.byteLength(name) > 100 || size >= 2 ** 33) {
    const records = [
      ['path', name],
      ['size', String(size)],
    ]
      .map(([k, v]) => {
        let n = k.length + Buffer.byteLength(v) + 3;
        n += String(n + String(n).length).length;
        return `${n} ${k}=${v}\n`;
      })
      .join('');
    const body = Buffer.from(records);
    const padded = Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
    return Buffer.concat([
      tarHeader('PaxHeaders.0/entry', body.length, 'x'),
      padded,
      tarHeader('entry', size >= 2 ** 33 ? 0 : size, type),
    ]);
  }
  const h = Buffer.alloc(512);
  h.write(name, 0);
  h.write('0000644\0' + '0000000\0' + '0000000\0', 100);
  h.write(size.toString(8).padStart(11, '0') + '\0' + '00000000000\0' + '        ' + type, 124);
  h.write('ustar\u000000', 257);
  h.write(
    h
      .reduce((a, b) => a + b, 0)
      .toString(8)
      .padStart(6, '0') + '\0 ',
    148,
  );
  return h;
}
const headerBytes = (name, size) => tarHeader(name, size).length;
const padding = (size) => (512 - (size % 512)) % 512;
const entryBytes = (name, size) => headerBytes(name, size) + size + padding(size);
const END = Buffer.alloc(1024);

// a layer is the gzip of a tar with one executable (a true ELF header for the arch, then noise) and one text file
function layer(seed, bytes) {
  const program = noise(seed, bytes);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, arch === 'arm' ? 1 : 2, arch === 's390x' ? 2 : 1, 1, 0]).copy(program);
  if (arch === 's390x') program.writeUInt16BE(machine, 18);
  else program.writeUInt16LE(machine, 18);
  const text = Buffer.from(`built from ${seed}\n`.repeat(200));
  const name = sha256(seed).slice(0, 12);
  const raw = Buffer.concat([
    tarHeader(`usr/bin/app-${name}`, program.length),
    program,
    Buffer.alloc(padding(program.length)),
    tarHeader(`etc/app-${name}.conf`, text.length),
    text,
    Buffer.alloc(padding(text.length)),
    END,
  ]);
  return { raw, packed: zlib.gzipSync(raw, { level: 0 }) };
}

const known = new Map(); // seed -> {hex, diffId, size}: digests are kept, bytes are made again when written
function describe(seed, bytes) {
  if (!known.has(seed)) {
    const { raw, packed } = layer(seed, bytes);
    known.set(seed, { seed, bytes, hex: sha256(packed), diffId: sha256(raw), size: packed.length });
  }
  return known.get(seed);
}

const file = createWriteStream(out);
const gzip = zlib.createGzip({ level: +o.gzip, chunkSize: 1 << 20 });
gzip.pipe(file);
const write = async (bytes) => {
  if (!gzip.write(bytes)) await once(gzip, 'drain');
};
const writeEntry = async (name, bytes) => {
  await write(tarHeader(name, bytes.length));
  await write(bytes);
  await write(Buffer.alloc(padding(bytes.length)));
};

let total = 0;
for (let c = 0; c < count.charts; c++) {
  const repo = c % 2 === 0 ? 'addon' : 'community';
  const chart = `chart-${String(c).padStart(2, '0')}`;
  const version = `1.${c}.0${c % 3 === 0 ? '+build.7' : ''}`;
  const tag = `v1.${c}.0`;
  const images = Array.from({ length: count.images }, (_, i) => {
    const repository = `${repo}/${chart}-part${i}`;
    const rebuilt = pick(`${chart}/${i}`, +o.rebuilt) ? o.version : '';
    const own = Array.from({ length: count.layers }, (_, l) => {
      const id = `${chart}/${i}/${l}/${rebuilt}`;
      return describe(pick(id, +o.shared) ? `any/${id}` : `${arch}/${id}`, layerBytes);
    });
    const layers = [describe(`${arch}/base/${(c + i) % count.bases}`, layerBytes * 2), ...own];
    const config = Buffer.from(
      JSON.stringify({
        architecture: arch,
        os: 'linux',
        created: '2024-01-01T00:00:00Z',
        config: { Entrypoint: ['/usr/bin/app'], Env: ['PATH=/usr/bin', `ARCH=${arch}`], User: '65532' },
        rootfs: { type: 'layers', diff_ids: layers.map((l) => `sha256:${l.diffId}`) },
        history: [],
      }),
    );
    return { key: `image${i}`, repository, layers, config, configName: `sha256:${sha256(config)}` };
  });
  const hints = images
    .map((m) => `- "{{ .${m.key}.registry }}/{{ .${m.key}.repository }}:{{ .${m.key}.tag }}"\n`)
    .join('');
  const values =
    `# settings of ${chart}\n` +
    images
      .map(
        (m) =>
          `${m.key}:\n  # where the image comes from\n  registry: ${o.registry}\n  repository: ${m.repository}\n  tag: ${tag}\n`,
      )
      .join('');
  const chartFiles = [
    [
      'Chart.yaml',
      `apiVersion: v2\nname: ${chart}\nversion: ${version}\nappVersion: "1.${c}"\ndescription: generated for tests\n`,
    ],
    ['values.yaml', values],
    ['.relok8s-images.yaml', hints],
    [
      'templates/pod.yaml',
      images
        .map(
          (m) =>
            `---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: ${chart}-${m.key}\nspec:\n  containers:\n    - name: app\n      image: "{{ .Values.${m.key}.registry }}/{{ .Values.${m.key}.repository }}:{{ .Values.${m.key}.tag }}"\n`,
        )
        .join(''),
    ],
  ];
  const blobs = new Map();
  for (const m of images) for (const l of m.layers) blobs.set(l.hex, l);
  const manifest = Buffer.from(
    JSON.stringify(
      images.map((m) => ({
        Config: m.configName,
        RepoTags: [`${o.registry}/${m.repository}:${tag}`],
        Layers: m.layers.map((l) => `${l.hex}.tar.gz`),
      })),
    ),
  );
  const configs = new Map(images.map((m) => [m.configName, m.config]));
  const imagesTar =
    [...configs].reduce((n, [name, b]) => n + entryBytes(name, b.length), 0) +
    [...blobs.values()].reduce((n, l) => n + entryBytes(`${l.hex}.tar.gz`, l.size), 0) +
    entryBytes('manifest.json', manifest.length) +
    END.length;
  const small = [['hints.yaml', hints], ...chartFiles.map(([n, t]) => [`original-chart/${n}`, t])].map(
    ([n, t]) => [n, Buffer.from(t)],
  );
  const bundle =
    small.reduce((n, [name, b]) => n + entryBytes(name, b.length), 0) +
    entryBytes('images.tar', imagesTar) +
    END.length;
  await write(tarHeader(`${repo}/${chart}_${version}.bundle.tar`, bundle));
  for (const [name, bytes] of small) await writeEntry(name, bytes);
  await write(tarHeader('images.tar', imagesTar));
  for (const [name, bytes] of configs) await writeEntry(name, bytes);
  for (const l of blobs.values()) await writeEntry(`${l.hex}.tar.gz`, layer(l.seed, l.bytes).packed);
  await writeEntry('manifest.json', manifest);
  await write(END);
  await write(Buffer.alloc(padding(imagesTar)));
  await write(END);
  await write(Buffer.alloc(padding(bundle)));
  total += bundle;
}
await write(END);
gzip.end();
await once(file, 'finish');
const layerSizes = [...known.values()].map((l) => l.size);
const unique = layerSizes.reduce((n, size) => n + size, 0);
console.log(
  JSON.stringify({
    out,
    charts: count.charts,
    images: count.charts * count.images,
    bundleBytes: total,
    uniqueLayerBytes: unique,
    uniqueLayers: known.size,
    layerSizes,
  }),
);
