// A layout that names its images by tags only, as `skopeo copy ... oci:FOLDER:TAG` writes it: every command says how to name them, and
// takes the name.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  LayoutBuilder,
  makeDockerArchive,
  makeImage,
  makeTar,
  type JsonDescriptor,
} from '../support/packages.js';
import { openBench, type Bench } from '../support/seed.js';

const { signal } = new AbortController();
const NAMED = 'docks.example/team/app';
let bench: Bench;
let packages: readonly string[];

beforeAll(async () => {
  bench = await openBench();
  const path = join(bench.directory, 'tag-only.tar');
  const layout = new LayoutBuilder();
  const images = ['amd64', 'arm64'].map((arch) => layout.image(makeImage(null, arch)));
  const tagged = (descriptor: JsonDescriptor, tag: string): JsonDescriptor => ({
    ...descriptor,
    annotations: { 'org.opencontainers.image.ref.name': tag },
  });
  const index = layout.index(images);
  await writeFile(path, makeTar(layout.files([tagged(index, '2.1'), tagged(index, 'stable')])));
  packages = [path];
});
afterAll(() => bench.close());

function value<T>(answer: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!answer.ok) throw new Error('the command failed');
  return answer.value;
}

describe('a layout that names tags only', () => {
  it('is refused with the tag and what to do, and nothing is written', async () => {
    const store = join(bench.directory, 'refused');
    const report = await bench.import({ packages, target: { store } });
    expect(report.images).toEqual([]);
    const told = report.problems.filter(({ code }) => code === 'plan.image-tag-only');
    expect(told).toHaveLength(2);
    expect(told[0]?.params['tag']).toBe('2.1');
    expect(told[0]?.hint).toContain('--image-name');
    const inventory = value(await bench.engine.inspect({ packages }, { signal }));
    expect(inventory.packages[0]?.problems.map(({ code }) => code)).toContain('plan.image-tag-only');
  });

  it('is planned, imported, compared, verified and inspected under --image-name', async () => {
    const request = { packages, target: { store: join(bench.directory, 'store') }, imageName: NAMED };
    const plan = value(await bench.engine.plan(request, { signal }));
    const tags = [`${NAMED}:2.1`, `${NAMED}:stable`];
    expect([...new Set(plan.images.map(({ target }) => target))].sort()).toEqual(tags);
    expect(plan.request.imageName).toBe(NAMED);

    const report = await bench.import({ packages, target: request.target, plan });
    expect([report.result, report.problems]).toEqual(['done', []]);
    expect([...new Set(report.images.map(({ target }) => target))].sort()).toEqual(tags);
    expect(report.images.map(({ platform }) => platform).sort()).toEqual([
      'linux/amd64',
      'linux/amd64',
      'linux/arm64',
      'linux/arm64',
    ]);

    const coverage = value(await bench.engine.compare(request, { signal }));
    expect(coverage.images.map(({ source }) => source).sort()).toEqual(tags);
    const proof = value(await bench.engine.verify(request, { signal }));
    expect([proof.ok, proof.images.length]).toEqual([true, 2]);
    const inventory = value(await bench.engine.inspect({ packages, imageName: `${NAMED}:9` }, { signal }));
    expect(new Set(inventory.packages[0]?.images.map(({ source }) => source))).toEqual(
      new Set([`${NAMED}:9`]),
    );
  });

  it('is not read at all under a name that is none', async () => {
    const answer = await bench.engine.plan(
      { packages, target: { store: join(bench.directory, 'none') }, imageName: 'No Name' },
      { signal },
    );
    expect(answer).toMatchObject({ ok: false, problem: { code: 'config.bad-image-name' } });
  });
});

describe('an archive with names that are none', () => {
  it('brings its other names, and says which were left out', async () => {
    const names = ['bazel/MyImage:tag', '<none>:<none>', 'ok.example/team/app:3'];
    const path = join(bench.directory, 'names.tar');
    await writeFile(path, makeDockerArchive([makeImage(names, 'amd64')]));
    const report = await bench.import({
      packages: [path],
      target: { store: join(bench.directory, 'names') },
    });
    expect(report.images.map(({ target, action }) => [target, action])).toEqual([
      ['ok.example/team/app:3', 'push'],
    ]);
    expect(report.problems.map(({ code, params }) => [code, params['name']])).toEqual([
      ['plan.name-illegal', 'bazel/MyImage:tag'],
      ['plan.name-illegal', '<none>:<none>'],
    ]);
    expect(report.result).toBe('partial');
  });
});
