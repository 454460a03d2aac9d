// Charts that were built to exhaust: values, hints, subcharts and templates.
import { gzipSync } from 'node:zlib';
import { badChart, HINT, packed, repeated, type Hostile } from './package-parts.js';

/** Chart.yaml with dependencies on `sub` under many aliases. */
function aliased(name: string, sub: string, count: number): string {
  const list = repeated(count, (at) => `- {name: ${sub}, alias: x${at}, version: 1.0.0, repository: ''}\n`);
  return `apiVersion: v2\nname: ${name}\nversion: 1.0.0\ndependencies:\n${list}`;
}

/** Subcharts in subcharts, each listed under many aliases. */
function aliasTower(levels: number, count: number): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  let folder = '';
  for (let level = 1; level <= levels; level++) {
    folder += `charts/s${level}/`;
    files[`${folder}Chart.yaml`] =
      level < levels ? aliased(`s${level}`, `s${level + 1}`, count) : `name: s${level}\nversion: 1.0.0\n`;
    files[`${folder}values.yaml`] = 'image: {registry: ghcr.io, repository: bad/app, tag: 1.0.0}\n';
    files[`${folder}templates/a.yaml`] = 'image: {{ .Values.image.repository }}:1\n';
  }
  return files;
}

function nestedTgz(depth: number): Buffer {
  const files = { 'Chart.yaml': 'name: s\nversion: 1.0.0\n' };
  let inner = packed('s', files);
  for (let level = 1; level < depth; level++) inner = packed('s', { ...files, 'charts/s.tgz': inner });
  return inner;
}

const zeros = (megabytes: number): Buffer => gzipSync(Buffer.alloc(megabytes << 20));
const values = (name: string, text: (size: number) => string): Hostile => ({
  name: `values: ${name}`,
  build: (size) => badChart({ values: text(size) }),
});
const hints = (name: string, text: (size: number) => string): Hostile => ({
  name: `hints: ${name}`,
  build: (size) => badChart({ hints: text(size) }),
});
const template = (name: string, text: (size: number) => string): Hostile => ({
  name: `template: ${name}`,
  build: (size) => badChart({ files: { 'templates/a.yaml': text(size) } }),
});

export const HOSTILE_CHARTS: readonly Hostile[] = [
  values('lists in lists', (size) => `a: ${'['.repeat(5_000 * size)}${']'.repeat(5_000 * size)}\n`),
  values('maps in maps by indentation', (size) => repeated(400 * size, (at) => `${' '.repeat(at)}a:\n`)),
  values('open brackets', (size) => `a: ${'{a: '.repeat(10_000 * size)}\n`),
  values('closing brackets', (size) => ']'.repeat(20_000 * size)),
  values('tags without values', (size) => '!a '.repeat(20_000 * size)),
  values('anchors without values', (size) => '&a '.repeat(20_000 * size)),
  values('documents', (size) => '---\na: 1\n'.repeat(20_000 * size)),
  values('directives', (size) => `${'%a b\n'.repeat(20_000 * size)}---\na: 1\n`),
  values('comments', (size) => `a: 1\n${'# x\n'.repeat(50_000 * size)}b: 2\n`),
  values('blank lines in a block', (size) => `a: |\n${' \n'.repeat(50_000 * size)}`),
  values('dashes', (size) => '- '.repeat(20_000 * size)),
  values('errors in every line', (size) => 'a: b: c\n'.repeat(10_000 * size)),
  values('carriage returns', (size) => 'a: 1\r'.repeat(20_000 * size)),
  values('tabs and collections', (size) => `a: [${'[a],\n\t'.repeat(10_000 * size)}]\n`),
  values('collections on one line after an error', (size) => `${'[a]'.repeat(30_000 * size)}\n`),
  values('aliases of aliases', () => {
    const levels = repeated(12, (at) => `l${at + 1}: &l${at + 1} [${`*l${at},`.repeat(20)}]\n`);
    return `l0: &l0 [x]\n${levels}`;
  }),
  values('an anchored text with many aliases', (size) => {
    const text = 'x'.repeat(50_000 * size);
    return `image: {registry: ghcr.io, repository: bad/app, tag: 1.0.0}\na: &a "${text}"\nb: [${'*a,'.repeat(20_000)}]\n`;
  }),
  values('merge keys of merge keys', (size) => {
    const levels = repeated(200 * size, (at) => `m${at + 1}: &m${at + 1}\n  <<: *m${at}\n  k${at}: v\n`);
    return `m0: &m0 {a: b}\n${levels}`;
  }),
  values('a key that is also the prototype', () => '__proto__: {a: b}\nconstructor: {prototype: {a: 1}}\n'),
  values('bytes that are no text', () => '\ufffd\u0000\u0007a: b\n'),
  values('a very long key', (size) => `${'k'.repeat(500_000 * size)}: v\n`),
  values('numbers without end', (size) => `a: ${'9'.repeat(500_000 * size)}\nb: 1e99999\nc: .nan\n`),
  values('many maps', (size) => repeated(20_000 * size, (at) => `k${at}: {registry: ghcr.io, tag: v1}\n`)),
  hints('of one value', (size) => HINT.repeat(4_000 * size)),
  hints('with many values', (size) => `- "${'{{ .image.tag }}'.repeat(5_000 * size)}"\n`),
  hints('open braces', (size) => `- "${'{{ '.repeat(50_000 * size)}"\n`),
  hints('deep paths', (size) => `- "{{ ${'.a'.repeat(100_000 * size)} }}"\n`),
  hints('blanks in braces', (size) => `- "{{${' '.repeat(200_000 * size)}x"\n`),
  hints('colons', (size) => `- "${':a'.repeat(100_000 * size)}/{{ .image.tag }}"\n`),
  hints('a path to the prototype', () => '- "{{ .__proto__.constructor }}:{{ .toString.name }}"\n'),
  hints('escapes for terminals', () => '- "{{ .image.\u001b]0;x\u0007\u202e }}"\n'),
  {
    name: 'chart: hundreds of hints into one subchart',
    build: (size) => {
      const count = 400 * size;
      return badChart({
        hints: repeated(count, (at) => `- "{{ .sub.i${at}.name }}:{{ .sub.i${at}.tag }}"\n`),
        files: {
          'charts/sub/Chart.yaml': 'name: sub\nversion: 1.0.0\n',
          'charts/sub/values.yaml': repeated(count, (at) => `i${at}: {name: ghcr.io/bad/a${at}, tag: v1}\n`),
        },
      });
    },
  },
  {
    name: 'chart: many changes in long values',
    build: (size) => {
      const count = 200 * size;
      const images = repeated(count, (at) => `i${at}:\n  name: ghcr.io/bad/a${at}\n  tag: v1 # why\n`);
      const filler = repeated(2_000 * size, (at) => `# comment ${at}\nf${at}: value\n`);
      return badChart({
        values: images + filler,
        hints: repeated(count, (at) => `- "{{ .i${at}.name }}:{{ .i${at}.tag }}"\n`),
      });
    },
  },
  {
    name: 'chart: one subchart under many aliases, five levels deep',
    build: () =>
      badChart({
        chartYaml: aliased('bad', 's1', 40),
        hints: `${HINT}- "{{ .s1.s2.s3.s4.s5.image.registry }}/{{ .s1.s2.s3.s4.s5.image.repository }}:1"\n`,
        files: aliasTower(5, 40),
      }),
  },
  {
    name: 'chart: values for many aliases',
    build: (size) => {
      const count = 300 * size;
      const files = aliasTower(2, count);
      return badChart({
        chartYaml: aliased('bad', 's1', count),
        values: `image: {registry: ghcr.io, repository: bad/app, tag: 1.0.0}\n${repeated(count, (at) => `x${at}: {x${at}: {}}\n`)}`,
        files,
      });
    },
  },
  {
    name: 'chart: dependencies without end',
    build: (size) => badChart({ chartYaml: aliased('bad', 'none', 20_000 * size) }),
  },
  {
    name: 'chart: packed subcharts in packed subcharts',
    build: () => badChart({ files: { 'charts/s.tgz': nestedTgz(40) } }),
  },
  {
    name: 'chart: gzip within gzip',
    build: (size) => badChart({ files: { 'charts/s.tgz': gzipSync(zeros(300 * size)) } }),
  },
  {
    name: 'chart: packed subcharts of zeros',
    build: (size) =>
      badChart({
        files: Object.fromEntries(
          Array.from({ length: 20 * size }, (_, at) => [
            `charts/s${at}.tgz`,
            packed(`s${at}`, { 'Chart.yaml': `name: s${at}\nversion: 1.0.0\n`, x: Buffer.alloc(20 << 20) }),
          ]),
        ),
      }),
  },
  {
    name: 'chart: a subchart with many thousand files',
    build: (size) =>
      badChart({
        files: {
          'charts/s.tgz': packed(
            's',
            Object.fromEntries(Array.from({ length: 30_000 * size }, (_, at) => [`templates/${at}`, ''])),
          ),
        },
      }),
  },
  {
    name: 'chart: thousands of subcharts',
    build: (size) =>
      badChart({
        files: Object.fromEntries(
          Array.from({ length: 3_000 * size }, (_, at) => [
            `charts/s${at}/Chart.yaml`,
            `name: s${at}\nversion: 1.0.0\n`,
          ]),
        ),
      }),
  },
  {
    name: 'chart: thousands of templates',
    build: (size) =>
      badChart({
        files: Object.fromEntries(
          Array.from({ length: 5_000 * size }, (_, at) => [
            `templates/t${at}.yaml`,
            'image: docks.example/{{ .Values.image.repository }}:1\n',
          ]),
        ),
      }),
  },
  {
    name: 'chart: larger than any that can be installed',
    build: () =>
      badChart({
        files: {
          'files/a': Buffer.alloc(15 << 20),
          'files/b': Buffer.alloc(15 << 20),
          'files/c': Buffer.alloc(15 << 20),
        },
      }),
  },
  {
    name: 'chart: one file of 200 MB',
    build: () => badChart({ files: { 'files/a': Buffer.alloc(200 << 20) } }),
  },
  {
    name: 'chart: a name with escapes',
    build: () => badChart({ chartYaml: 'name: "a\\e[31mb"\nversion: "1\\u202e"\n' }),
  },
  {
    name: 'chart: a version without end',
    build: (size) => badChart({ chartYaml: `name: bad\nversion: 1.0.0-${'a.'.repeat(100_000 * size)}a\n` }),
  },
  template('lines that name a registry', (size) =>
    'image: docks.example/{{ .Values.image.repository }}\n'.repeat(30_000 * size),
  ),
  template('open actions', (size) => `image: ${'{{ '.repeat(200_000 * size)}\n`),
  template('blanks in an action', (size) => `image: {{${' '.repeat(300_000 * size)}x\n`),
  template('blanks behind an image', (size) => `image: x${' '.repeat(300_000 * size)}y\n`),
  template(
    'pipes',
    (size) => `image: {{ .Values.a ${'| default a|quote|quote|quote '.repeat(200 * size)}! }}\n`,
  ),
  template('values after values', (size) => `x: ${'.Values'.repeat(50_000 * size)}.\n`),
  template('blocks', (size) => '{{ if .Values.a }}\n'.repeat(30_000 * size)),
  template('definitions', (size) =>
    '{{ define "a" }}\nimage: docks.example/{{ .Values.image.repository }}\n'.repeat(10_000 * size),
  ),
];
