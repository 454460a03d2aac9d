// A bundle that lacks an image of its chart: told with the same exit code by every command, and published only where the image is served.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commandLine } from '../support/command-line.js';
import {
  makeBundle,
  makeDockerArchive,
  makeImage,
  makePackage,
  tinyBundle,
  type TarFile,
  type TestBundle,
  type TestImage,
} from '../support/packages.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

const APP = 'ghcr.io/demo/app:1.0.0';
const LACKING = 'run.chart-images-lacking';
const NOT_SHIPPED = 'plan.image-not-shipped';
const IN_TARGET = 'plan.image-in-target';

const answerSchema = z.looseObject({
  charts: z
    .array(
      z.looseObject({
        name: z.string(),
        action: z.string(),
        problem: z
          .looseObject({ code: z.string(), params: z.record(z.string(), z.unknown()) })
          .nullable()
          .optional(),
      }),
    )
    .default([]),
  problems: z.array(z.looseObject({ code: z.string(), params: z.record(z.string(), z.unknown()) })),
});

/** A package of bundles; `lists` are YAML files at its top. */
function packed(
  folder: string,
  fileName: string,
  bundles: Readonly<Record<string, TestBundle>>,
  lists: Readonly<Record<string, string>> = {},
): string {
  const files: TarFile[] = Object.entries(lists).map(([path, body]) => ({ path, body }));
  for (const [name, bundle] of Object.entries(bundles))
    files.push({ path: `addon/${name}_1.0.0.bundle.tar`, body: makeBundle(bundle) });
  const path = join(folder, fileName);
  writeFileSync(path, makePackage(files));
  return path;
}

/** The chart `demo`, whose hint names {@link APP}, with these images. */
function demo(...images: readonly TestImage[]): TestBundle {
  return tinyBundle('demo', images);
}

function image(name: string, architecture = 'amd64'): TestImage {
  return makeImage(name, architecture);
}

const WITHOUT_IMAGES: TestBundle = { ...tinyBundle('demo', []), images: null };

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function desk() {
  const folder = scratch();
  const run = commandLine(folder);
  const store = ['--store', join(folder, 'store')];
  const json = async (command: string, ...packages: readonly string[]) => {
    const { code, stdout } = await run(command, ...packages, ...store, '--json');
    const { charts, problems } = answerSchema.parse(JSON.parse(stdout));
    return {
      code,
      charts: charts
        .sort(byName)
        .map(({ name, action, problem }) => [name, action, problem?.code ?? '', problem?.params['images']]),
      notes: problems.map((problem) => [problem.code, problem.params['chart'], problem.params['image']]),
    };
  };
  return {
    folder,
    run,
    /** Plan, dry run and import agree; gives what they say. */
    imported: async (...packages: readonly string[]) => {
      const plan = await json('plan', ...packages);
      const dry = await run('import', ...packages, ...store, '--dry-run', '--json');
      expect(dry.code).toBe(plan.code);
      const { code, charts, notes } = await json('import', ...packages);
      expect({ code, charts, notes }).toEqual(plan);
      return plan;
    },
    inspected: async (...packages: readonly string[]) => {
      return (await run('inspect', ...packages, '--json')).code;
    },
    compared: async (...packages: readonly string[]) => {
      const { code, stdout } = await run('compare', ...packages, ...store, '--json');
      const { problems } = answerSchema.pick({ problems: true }).parse(JSON.parse(stdout));
      return { code, problems: problems.map((problem) => problem.code) };
    },
    verified: async (...packages: readonly string[]) => {
      const { code, stdout } = await run('verify', ...packages, ...store, '--json');
      const shape = z.looseObject({
        problems: z.array(z.looseObject({ code: z.string() })),
        notes: z.array(z.looseObject({ code: z.string() })),
      });
      const { problems, notes } = shape.parse(JSON.parse(stdout));
      return { code, problems: problems.map((one) => one.code), notes: notes.map((one) => one.code) };
    },
  };
}

describe('a bundle with images.tar that lacks an image of its chart', () => {
  it.each([
    ['holds another one', demo(image('ghcr.io/other/app:1.0.0'))],
    ['holds none: its manifest.json is an empty list', demo()],
  ])('blocks the chart where it %s', async (_, bundle) => {
    const { folder, imported, inspected, compared, verified } = desk();
    const path = packed(folder, 'p-amd64.tar.gz', { demo: bundle });
    expect(await inspected(path)).toBe(6);
    expect(await compared(path)).toEqual({ code: 6, problems: [LACKING] });
    for (const _time of [1, 2]) {
      const { code, charts } = await imported(path);
      expect(code).toBe(6);
      expect(charts).toEqual([['demo', 'blocked', LACKING, APP]]);
    }
    expect(await compared(path)).toEqual({ code: 6, problems: [LACKING] });
    expect(await verified(path)).toMatchObject({ code: 5, problems: [LACKING] });
  });

  it('names all images that are lacking, and nothing that is there', async () => {
    const { folder, imported } = desk();
    const bundle = tinyBundle('demo', [image('docker.io/demo/side:2')]);
    const hints =
      '- "{{ .image.registry }}/{{ .image.repository }}:{{ .image.tag }}"\n- "{{ .side }}"\n- "{{ .gone }}"\n';
    const values = `${bundle.chart['values.yaml'] ?? ''}side: docker.io/demo/side:2\ngone: docker.io/demo/gone:3\n`;
    const chart = { ...bundle.chart, 'values.yaml': values };
    const path = packed(folder, 'p-amd64.tar.gz', { demo: { ...bundle, hints, chart } });
    const { charts } = await imported(path);
    expect(charts).toEqual([['demo', 'blocked', LACKING, `${APP}, docker.io/demo/gone:3`]]);
  });

  it('is whole where another bundle of the package has the image', async () => {
    const { folder, imported, inspected, compared, verified } = desk();
    const path = packed(folder, 'p-amd64.tar.gz', {
      demo: demo(image('ghcr.io/other/app:1.0.0')),
      other: tinyBundle('other', [image('ghcr.io/other/app:1.0.0'), image(APP)]),
    });
    expect(await inspected(path)).toBe(0);
    expect(await compared(path)).toEqual({ code: 0, problems: [] });
    expect(await imported(path)).toMatchObject({ code: 0, notes: [] });
    expect(await verified(path)).toEqual({ code: 0, problems: [], notes: [] });
  });

  it('is whole where another package of the run has the image for its platform, in either order', async () => {
    for (const turn of [0, 1]) {
      const { folder, imported, inspected, verified } = desk();
      const both = [
        packed(folder, 'a-amd64.tar.gz', { demo: demo(image('ghcr.io/other/app:1.0.0')) }),
        packed(folder, 'b-amd64.tar.gz', {
          more: tinyBundle('more', [image('ghcr.io/more/app:1.0.0'), image(APP)]),
        }),
      ];
      const packages = turn === 0 ? both : both.toReversed();
      expect(await inspected(...packages)).toBe(0);
      expect(await imported(...packages)).toMatchObject({ code: 0, notes: [] });
      expect(await verified(...packages)).toMatchObject({ code: 0, problems: [] });
    }
  });

  it('stays blocked where another package has the image for another platform only', async () => {
    const { folder, imported, inspected, compared, verified } = desk();
    const packages = [
      packed(folder, 'a-amd64.tar.gz', { demo: demo(image('ghcr.io/other/app:1.0.0')) }),
      packed(folder, 'b-arm64.tar.gz', {
        more: tinyBundle('more', [image('ghcr.io/more/app:1.0.0', 'arm64'), image(APP, 'arm64')]),
      }),
    ];
    expect(await inspected(...packages)).toBe(6);
    const { code, charts } = await imported(...packages);
    expect(code).toBe(6);
    expect(charts.find(([name]) => name === 'demo')).toEqual(['demo', 'blocked', LACKING, APP]);
    expect(await compared(...packages)).toMatchObject({ code: 6, problems: [LACKING] });
    expect(await verified(...packages)).toMatchObject({ code: 5, problems: [LACKING] });
  });

  it('is named where the same chart is whole in the package of the other platform, which is published', async () => {
    const { folder, imported } = desk();
    const packages = [
      packed(folder, 'a-amd64.tar.gz', { demo: demo(image('ghcr.io/other/app:1.0.0')) }),
      packed(folder, 'b-arm64.tar.gz', { demo: demo(image(APP, 'arm64')) }),
    ];
    const { code, charts, notes } = await imported(...packages);
    expect(code).toBe(6);
    expect(charts).toEqual([['demo', 'publish', '', undefined]]);
    expect(notes).toEqual([[LACKING, 'demo 1.0.0', undefined]]);
  });

  it('is published with a note where the target serves the image for its platform', async () => {
    const { folder, imported, compared, verified } = desk();
    await imported(
      packed(folder, 'b-amd64.tar.gz', {
        more: tinyBundle('more', [image('ghcr.io/more/app:1.0.0'), image(APP)]),
      }),
    );
    const path = packed(folder, 'a-amd64.tar.gz', { demo: demo(image('ghcr.io/other/app:1.0.0')) });
    expect(await compared(path)).toEqual({ code: 0, problems: [IN_TARGET] });
    expect(await imported(path)).toEqual({
      code: 0,
      charts: [['demo', 'publish', '', undefined]],
      notes: [[IN_TARGET, 'demo 1.0.0', APP]],
    });
    expect(await verified(path)).toEqual({ code: 0, problems: [], notes: [IN_TARGET] });
  });

  it('is blocked where the target serves the image for another platform', async () => {
    const { folder, imported } = desk();
    await imported(
      packed(folder, 'b-arm64.tar.gz', {
        more: tinyBundle('more', [image('ghcr.io/more/app:1.0.0', 'arm64'), image(APP, 'arm64')]),
      }),
    );
    // without an image in the bundle the name of the package tells the platform
    for (const bundle of [demo(), demo(image('ghcr.io/other/app:1.0.0'))]) {
      const path = packed(folder, 'a-amd64.tar.gz', { demo: bundle });
      expect(await imported(path)).toMatchObject({ code: 6, charts: [['demo', 'blocked', LACKING, APP]] });
    }
  });

  it('is no reason to block the chart where the image was not asked for, or the chart is to stay as it is', async () => {
    const { folder, run } = desk();
    const path = packed(folder, 'p-amd64.tar.gz', { demo: demo(image('ghcr.io/other/app:1.0.0')) });
    const target = ['--store', join(folder, 'store'), '--json'];
    const charts = async (...argv: readonly string[]) => {
      const { stdout } = await run('plan', path, ...target, ...argv);
      return answerSchema.parse(JSON.parse(stdout)).charts.map(({ problem }) => problem?.code ?? '');
    };
    expect(await charts('--image', 'ghcr.io/other/*')).not.toContain(LACKING);
    expect(await charts('--image', 'ghcr.io/*/app')).toEqual([LACKING]);
    expect(await charts('--keep-chart', 'demo')).toEqual(['']);
  });
});

describe('a bundle without images.tar', () => {
  it('is published with a note for each image', async () => {
    const { folder, imported, inspected, compared } = desk();
    const path = packed(folder, 'p-amd64.tar.gz', { demo: WITHOUT_IMAGES });
    expect(await inspected(path)).toBe(0);
    expect(await compared(path)).toMatchObject({ code: 0, problems: [NOT_SHIPPED] });
    expect(await imported(path)).toEqual({
      code: 0,
      charts: [['demo', 'publish', '', undefined]],
      notes: [[NOT_SHIPPED, 'demo 1.0.0', APP]],
    });
  });

  const list = (chart: string, folder = 'addon') =>
    `source:\n  repo:\n    kind: CHARTMUSEUM\n    url: http://charts.test/${folder}\ntarget:\n  intermediateBundlesPath: ./${folder}\ncharts:\n${chart}`;
  const plain = '  - name: demo\n    versions:\n      - 1.0.0\n';

  it.each([
    ['names the chart', { 'addon.yaml': list(plain) }],
    ['names the chart without a version', { 'addon.yaml': list('  - name: demo\n') }],
    ['lies below a folder', { 'x/addon.yaml': 'charts:\n  - name: demo\n    skipImages: false\n' }],
  ])('is blocked where a list of the package %s', async (_, lists) => {
    const { folder, imported, inspected, compared } = desk();
    const path = packed(folder, 'p-amd64.tar.gz', { demo: WITHOUT_IMAGES }, lists);
    expect(await inspected(path)).toBe(6);
    expect(await compared(path)).toMatchObject({ code: 6, problems: [LACKING] });
    expect(await imported(path)).toMatchObject({ code: 6, charts: [['demo', 'blocked', LACKING, APP]] });
  });

  it.each([
    ['marks the chart', { 'addon.yaml': list(`${plain}    skipImages: true\n`) }],
    ['is for another version', { 'addon.yaml': list('  - name: demo\n    versions: [2.0.0]\n') }],
    ['is for another folder', { 'community.yaml': list(plain, 'community') }],
    ['is no list of charts', { 'addon.yaml': 'charts: 3\n', 'values.yaml': 'a: [\n' }],
  ])('is published where the list %s', async (_, lists) => {
    const { folder, imported, inspected } = desk();
    const path = packed(folder, 'p-amd64.tar.gz', { demo: WITHOUT_IMAGES }, lists);
    expect(await inspected(path)).toBe(0);
    expect(await imported(path)).toMatchObject({ code: 0, notes: [[NOT_SHIPPED, 'demo 1.0.0', APP]] });
  });

  it('is no longer blocked where the target serves its image', async () => {
    const { folder, imported } = desk();
    await imported(packed(folder, 'b-amd64.tar.gz', { demo: demo(image(APP)) }));
    const path = packed(folder, 'a-amd64.tar.gz', { demo: WITHOUT_IMAGES }, { 'addon.yaml': list(plain) });
    expect(await imported(path)).toMatchObject({ code: 0, notes: [[IN_TARGET, 'demo 1.0.0', APP]] });
  });
});

it('an archive of images without a chart lacks nothing', async () => {
  const { folder, imported, inspected } = desk();
  const path = join(folder, 'images.tar');
  writeFileSync(path, makeDockerArchive([image(APP)]));
  expect(await inspected(path)).toBe(0);
  expect(await imported(path)).toMatchObject({ code: 0, notes: [] });
});
