// Writes the two example packages, amd64 and arm64, in the form of charts-syncer; the bytes are the same on every machine.
//   node build/make-examples.mjs [folder, default: examples]
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { charts } from './examples/charts.mjs';
import { gzip, imagesTar } from './examples/images.mjs';
import { tar } from './examples/tar.mjs';

const VERSION = 'v0.1.0';
const PACKED_AT = Date.UTC(2024, 2, 2) / 1000;

/** The bundle of one chart: hints, then the chart's files in order of their paths, then images.tar. */
function bundle({ hints, files, images }, arch) {
  const list = hints.map((hint) => `- "${hint}"\n`).join('');
  const chart = Object.entries({ ...files, '.relok8s-images.yaml': list }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return tar([
    { path: 'hints.yaml', bytes: Buffer.from(list) },
    ...chart.map(([path, text]) => ({ path: `original-chart/${path}`, bytes: Buffer.from(text) })),
    { path: 'images.tar', bytes: imagesTar(images, arch) },
  ]);
}

/** The configuration with which charts-syncer saved a folder; it lies in the package, next to the bundles. */
function savedBy(folder) {
  const list = charts.filter((chart) => chart.folder === folder);
  const rows = list.map(({ name, version }) => `  - name: ${name}\n    versions:\n      - ${version}\n`);
  return `source:
    repo:
        kind: CHARTMUSEUM
        url: http://charts.example:8081/${folder}
target:
    intermediateBundlesPath: ./${folder}
charts:
${rows.join('')}`;
}

function examplePackage(arch) {
  const folders = [...new Set(charts.map(({ folder }) => folder))];
  const owned = { mtime: PACKED_AT, owner: 'root' };
  return gzip(
    tar([
      ...folders.map((folder) => ({ path: `${folder}.yaml`, bytes: Buffer.from(savedBy(folder)), ...owned })),
      ...folders.flatMap((folder) => [
        { path: `${folder}/`, ...owned },
        ...charts
          .filter((chart) => chart.folder === folder)
          .map((chart) => ({
            path: `${folder}/${chart.name}_${chart.version}.bundle.tar`,
            bytes: bundle(chart, arch),
            ...owned,
          })),
      ]),
    ]),
  );
}

const out = process.argv[2] ?? fileURLToPath(new URL('../examples', import.meta.url));
mkdirSync(out, { recursive: true });
for (const arch of ['amd64', 'arm64']) {
  const name = `addon-offline-full-package-${VERSION}-${arch}.tar.gz`;
  const bytes = examplePackage(arch);
  writeFileSync(join(out, name), bytes);
  const hash = createHash('sha512').update(bytes).digest('hex');
  writeFileSync(join(out, `${name}.sha512`), `${hash}  ${name}\n`);
  console.log(`${name}  ${bytes.length} bytes`);
}
