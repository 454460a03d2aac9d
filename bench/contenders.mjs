// Who takes part in a benchmark: for each the command that imports a package into a fresh registry or folder.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const NODE = process.execPath;

/**
 * The part of a run that no importer can leave out; `mode` and `uploads` (at a time) as in limit.mjs. Its own clock leaves out its
 * preparation.
 */
export function limit(mode, uploads = 4) {
  return {
    name: 'limit',
    isLimit: true,
    command: ({ package: { path, description }, host, folder }) => [
      NODE,
      here('limit.mjs'),
      mode,
      path,
      description,
      mode === 'import' ? host : folder,
      String(uploads),
    ],
  };
}

/** Archbridge as the command line runs it. `cli`: its built main.js. */
export function archbridge(name, cli, options = []) {
  return {
    name,
    isOwn: true,
    command: ({ package: { path }, host, folder }) => [
      ...[NODE, cli, 'import', path, '--json', '--state-dir', join(folder, 'state')],
      ...(host ? ['--registry', `http://${host}`] : ['--store', join(folder, 'store')]),
      ...options,
    ],
  };
}

export function inspection(name, cli) {
  return {
    name,
    isOwn: true,
    command: ({ package: { path }, folder }) => [
      ...[NODE, cli, 'inspect', path, '--json', '--state-dir', join(folder, 'state')],
    ],
  };
}

/** tar, and then skopeo or crane for each image. They push images only, no charts. */
export function unpackAndPush(tool, program) {
  return {
    name: `tar + ${tool}`,
    command: ({ package: { path }, host, folder }) => [
      NODE,
      here('unpack-and-push.mjs'),
      tool,
      program,
      path,
      host,
      folder,
    ],
  };
}

/** Tools that read bundles or image archives; the package is unpacked before, which counts. */
export const PEERS = {
  'charts-syncer': (program) => ({
    name: 'tar + charts-syncer',
    command: async ({ package: { path }, host, folder }) => {
      const config = join(folder, 'charts-syncer.yaml');
      await writeFile(config, syncerConfig(host, folder));
      return unpackThen(
        path,
        folder,
        `for d in "$2"/package/*/; do ln -sfn "$d" "$2/bundles"; "$3" sync -c "$2/charts-syncer.yaml" --insecure; done`,
        program,
      );
    },
  }),
  hauler: (program) => ({
    name: 'tar + hauler',
    command: ({ package: { path }, host, folder }) =>
      unpackThen(
        path,
        folder,
        `${EACH_BUNDLE} "$3" store load -s "$2/haul" -f "$2/bundle/images.tar"; done; "$3" store copy -s "$2/haul" "registry://${host}" --plain-http`,
        program,
      ),
  }),
  mindthegap: (program) => ({
    name: 'tar + mindthegap',
    command: ({ package: { path }, host, folder }) =>
      unpackThen(
        path,
        folder,
        `${EACH_BUNDLE} "$3" push image-archive --image-archive "$2/bundle/images.tar" --to-registry "http://${host}"; done`,
        program,
      ),
  }),
};

const EACH_BUNDLE =
  'find "$2/package" -name "*.bundle.tar" | while read -r b; do rm -rf "$2/bundle"; mkdir "$2/bundle"; tar -xf "$b" -C "$2/bundle";';

function unpackThen(path, folder, script, program) {
  const unpack = 'set -e; mkdir -p "$2/package"; tar -xzf "$1" -C "$2/package";';
  return ['/bin/sh', '-c', `${unpack} ${script}`, 'sh', path, folder, program];
}

function syncerConfig(host, folder) {
  return [
    'source:',
    `  intermediateBundlesPath: ${join(folder, 'bundles')}`,
    'target:',
    `  containerRegistry: ${host}`,
    '  repo:',
    '    kind: OCI',
    `    url: http://${host}/charts`,
    '',
  ].join('\n');
}
