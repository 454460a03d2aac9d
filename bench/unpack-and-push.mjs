// What an administrator does without an importer: unpack the package and each bundle, then push image by image with skopeo or crane.
//
//   node unpack-and-push.mjs skopeo|crane PROGRAM PACKAGE HOST FOLDER
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [tool, program, path, host, folder] = process.argv.slice(2);
const run = (...command) =>
  execFileSync(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] });

const unpacked = join(folder, 'package');
mkdirSync(unpacked, { recursive: true });
run('tar', '-xzf', path, '-C', unpacked);
for (const name of readdirSync(unpacked, { recursive: true })) {
  if (!name.endsWith('.bundle.tar')) continue;
  const bundle = join(folder, 'bundle');
  mkdirSync(bundle);
  run('tar', '-xf', join(unpacked, name), '-C', bundle);
  const archive = join(bundle, 'images.tar');
  if (tool === 'skopeo') pushWithSkopeo(archive, bundle);
  else pushWithCrane(archive, bundle);
  rmSync(bundle, { recursive: true });
}

function pushWithSkopeo(archive, bundle) {
  run('tar', '-xf', archive, '-C', bundle, 'manifest.json');
  for (const {
    RepoTags: [tag],
  } of imagesIn(bundle)) {
    run(
      program,
      'copy',
      '--quiet',
      '--insecure-policy',
      '--dest-tls-verify=false',
      `docker-archive:${archive}:${tag}`,
      `docker://${goalOf(tag)}`,
    );
  }
}

/** crane takes archives of one image only. */
function pushWithCrane(archive, bundle) {
  const images = join(bundle, 'images');
  mkdirSync(images);
  run('tar', '-xf', archive, '-C', images);
  for (const image of imagesIn(images)) {
    const one = join(bundle, 'one.tar');
    writeFileSync(join(images, 'manifest.json'), JSON.stringify([image]));
    run('tar', '-cf', one, '-C', images, 'manifest.json', image.Config, ...image.Layers);
    run(program, 'push', '--insecure', one, goalOf(image.RepoTags[0]));
  }
}

function imagesIn(directory) {
  return JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
}

function goalOf(tag) {
  return `${host}/${tag.slice(tag.indexOf('/') + 1)}`;
}
