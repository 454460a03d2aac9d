// Random input for every parser that reads what other people wrote. A parser may refuse with an AppError and nothing else.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseChartIndex } from '../../../core/chart-repo/index-yaml.js';
import { readChart } from '../../../core/chart/files/chart.js';
import { pastValues } from '../../../core/chart/past-values.js';
import { relocateChart } from '../../../core/chart/relocate-chart.js';
import { planChart } from '../../../core/chart/relocation/plan-chart.js';
import { imagesRead } from '../../../core/chart/relocation/read-hints.js';
import { parseImageConfig, parseRuntimeConfig } from '../../../core/content/image-config.js';
import { parseManifest } from '../../../core/content/manifest.js';
import { AppError } from '../../../core/errors.js';
import { openPackage } from '../../../core/package/source/open-package.js';
import { readPackage } from '../../../core/package/read-package.js';
import { parseErrorBody } from '../../../core/registry/http/error-body.js';
import { damagedPackage, seeded, type Random } from '../package-fuzz.js';
import { badImages } from './package-parts.js';

const { signal } = new AbortController();

const YAML_TOKENS = [
  ...[
    'a',
    'b',
    ':',
    ': ',
    ' ',
    '  ',
    '\n',
    '\n  ',
    '\n    ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ',',
    ', ',
    '&a ',
    '*a',
    '&b ',
    '*b',
  ],
  ...[
    '<<: *a',
    '"',
    "'",
    '|\n',
    '>-\n',
    '#',
    ' # c',
    '! ',
    '!!str ',
    '%',
    '? ',
    '\t',
    '\r',
    '\r\n',
    '---\n',
    '...\n',
    '@',
    '`',
  ],
  ...[
    '{{ .a }}',
    '{{ .image.tag }}',
    '{{',
    '}}',
    'ghcr.io/a/b:1',
    'image:',
    'registry: ghcr.io',
    'tag: v1',
    '@sha256:',
    '..',
  ],
  ...[
    '\u0000',
    '\u2028',
    '\u0085',
    '\ufeff',
    '\ud800',
    '中',
    '0x1F',
    '1e999',
    '.nan',
    '0o7',
    '~',
    'null',
    'true',
    'on',
    '__proto__',
  ],
  ...[
    'entries:',
    'apiVersion: v1',
    'version: 1',
    'name: c',
    'urls: [a]',
    'dependencies:',
    'alias: x',
    'constructor',
    '-',
    '1.20',
  ],
];
const JSON_VALUES = [
  ...[
    'null',
    '-1',
    '1e999',
    '0.5',
    '""',
    '[]',
    '{}',
    'true',
    '"sha256:0"',
    '"../x"',
    '[[[[[[]]]]]]',
    '"\\u0000"',
    '9007199254740993',
  ],
  ...[
    `"sha256:${'0'.repeat(64)}"`,
    `"${'x'.repeat(300)}"`,
    '{"__proto__":{}}',
    '[null,null]',
    '"application/vnd.oci.image.index.v1+json"',
  ],
];
const MANIFESTS = [
  `[{"Config":"sha256:${'0'.repeat(64)}","RepoTags":["ghcr.io/a/b:1"],"Layers":["a.tar.gz"],"LayerSources":{"x":{"mediaType":"a","digest":"sha256:${'1'.repeat(64)}","size":1}}}]`,
  `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:${'2'.repeat(64)}","size":2},"layers":[{"mediaType":"a","digest":"sha256:${'3'.repeat(64)}","size":3,"urls":["http://a"]}]}`,
  `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"a","digest":"sha256:${'4'.repeat(64)}","size":4,"platform":{"os":"linux","architecture":"arm64"},"annotations":{"io.containerd.image.name":"a/b:1"}}]}`,
  '{"architecture":"amd64","os":"linux","created":"2023-01-01T00:00:00Z","config":{"Env":["PATH=/bin"],"Entrypoint":["/a"]},"rootfs":{"diff_ids":["sha256:x"]}}',
  '{"errors":[{"code":"DENIED","message":"no","detail":{"a":[1]}}]}',
];
const INDEX =
  'apiVersion: v1\nentries:\n  c:\n  - name: c\n    version: 1.0.0\n    urls: [c-1.0.0.tgz]\n    digest: abc\n';

function pick<T>(from: readonly T[], random: Random): T | undefined {
  return from[random(from.length)];
}

/** Tokens in a random order, or a text with some of its parts replaced. */
function yamlText(random: Random, base: string): string {
  if (random(2) === 0)
    return Array.from({ length: 1 + random(60) }, () => pick(YAML_TOKENS, random) ?? '').join('');
  let text = base;
  for (let left = 1 + random(4); left > 0; left--) {
    const at = random(text.length + 1);
    text = text.slice(0, at) + (pick(YAML_TOKENS, random) ?? '') + text.slice(at + random(3));
  }
  return text;
}

/** A JSON text with some of its values replaced, cut or doubled. */
function jsonText(random: Random): string {
  let text = pick(MANIFESTS, random) ?? '';
  for (let left = 1 + random(3); left > 0; left--) {
    const starts = [...text.matchAll(/"(?:[^"\\]|\\.)*"|\d+|[[{]/g)];
    const found = pick(starts, random);
    if (!found) continue;
    const value = pick(JSON_VALUES, random) ?? '';
    text = text.slice(0, found.index) + value + text.slice(found.index + found[0].length);
  }
  return random(10) === 0 ? text.slice(0, random(text.length)) : text;
}

const CHART =
  'apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- {name: s, alias: x, version: 1, repository: ""}\n';
const VALUES =
  'a: ghcr.io/a/b:1\nimage: &a\n  registry: ghcr.io\n  repository: a/b\n  tag: v1\nother:\n  <<: *a\nlist: [*a]\n';
const HINTS =
  '- "{{ .image.registry }}/{{ .image.repository }}:{{ .image.tag }}"\n- "{{ .a }}"\n- "{{ .x.image }}"\n';

function chartCase(random: Random): void {
  const which = random(4);
  const file = (at: number, base: string): Buffer =>
    Buffer.from(which === at ? yamlText(random, base) : base);
  const chart = readChart(
    new Map([
      ['Chart.yaml', file(0, CHART)],
      ['values.yaml', file(1, VALUES)],
      ['charts/s/Chart.yaml', Buffer.from('name: s\nversion: 1\n')],
      ['charts/s/values.yaml', file(2, 'image: ghcr.io/s/s:1\n')],
      [
        'templates/a.yaml',
        file(3, 'image: docks/{{ .Values.image.repository }}\n{{ if .Values.a }}\n{{ end }}\n'),
      ],
    ]),
  );
  const hints = Buffer.from(random(2) === 0 ? HINTS : yamlText(random, HINTS));
  const plan = planChart(chart, hints, { containerRegistry: 'reg.local', containerPrefixRepository: 'p' });
  imagesRead(chart, hints);
  pastValues(
    chart,
    plan.images.flatMap(({ keys }) => keys),
    [],
  );
  const pins = new Map(
    plan.images.map(({ target }) => [
      `${target.registry}/${target.repository}:${target.tag ?? ''}`,
      `sha256:${'5'.repeat(64)}` as const,
    ]),
  );
  relocateChart(chart, plan, pins);
}

function jsonCase(random: Random): void {
  const text = jsonText(random);
  const bytes = Buffer.from(text);
  parseManifest(bytes, pick(['', 'application/vnd.oci.image.index.v1+json', 'text/html'], random) ?? '');
  parseImageConfig(bytes);
  parseRuntimeConfig(bytes);
  parseErrorBody(text, '');
}

/** Runs cases; the folder is for packages and is emptied. */
export class Fuzz {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What is wrong with the outcome of a case: an error that is no AppError. '' when nothing is. */
  async faultOf(seed: number): Promise<string> {
    const random = seeded(seed);
    const kind = random(10);
    try {
      if (kind < 4) chartCase(random);
      else if (kind < 6) jsonCase(random);
      else if (kind < 7) parseChartIndex(yamlText(random, INDEX), 'index.yaml');
      else
        await this.#read(
          kind < 9
            ? badImages([{ path: random(2) === 0 ? 'manifest.json' : 'index.json', body: jsonText(random) }])
            : damagedPackage(random).bytes,
        );
      return '';
    } catch (error) {
      return error instanceof AppError
        ? ''
        : `seed ${String(seed)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    }
  }

  async #read(bytes: Buffer): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder);
    const path = join(this.#folder, 'p.tar.gz');
    writeFileSync(path, bytes);
    await readPackage(await openPackage(path, { signal }), {}, { signal, programs: true });
  }
}
