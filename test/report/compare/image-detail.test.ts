// One image across architectures: variants of target and packages side by side, and what differs between them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageDetail } from '../../../core/contract.js';
import { digestOf } from '../../../core/content/digest.js';
import { detailRows } from '../../../core/report/render/detail-rows.js';
import { makeLayer } from '../../support/packages.js';
import { AMD64, ARM64, ComparisonDesk, image, manifestOf } from '../comparison-desk.js';

const WEB = 'ghcr.io/web/app:1.0.0';
const base = makeLayer('base');
const runtime = {
  Entrypoint: ['/bin/app'],
  Cmd: ['serve', 'all of it'],
  Env: ['PATH=/bin', 'MODE=fast'],
  Labels: { maintainer: 'vendor', build: '2' },
  User: 'nobody',
  WorkingDir: '/srv',
  ExposedPorts: { '80/tcp': {} },
};
const layers = (text: string) => [base, makeLayer(text)];
const held = image(WEB, 'amd64', {
  created: '2023-01-01T00:00:00Z',
  layers: layers('old'),
  runtime: {
    ...runtime,
    Env: ['MODE=fast', 'GOMEMLIMIT=3GiB', 'PATH=/bin'],
    Labels: { build: '1', maintainer: 'vendor' },
  },
});
const history = [
  { created_by: 'ADD base' },
  { created_by: 'CMD serve', empty_layer: true },
  { created_by: 'COPY app' },
];
const amd64 = image(WEB, 'amd64', { layers: layers('amd64'), runtime, history });
const arm64 = image(WEB, 'arm64', { layers: layers('arm64'), runtime });

let desk: ComparisonDesk;
let packages: readonly string[];
beforeEach(async () => {
  desk = await ComparisonDesk.open();
  packages = [
    await desk.package(AMD64, { web: [amd64], db: [image('ghcr.io/db/app:1.0.0', 'amd64')] }),
    await desk.package(ARM64, { web: [arm64], shop: [image('ghcr.io/web/app:2.0.0', 'arm64')] }),
  ];
});
afterEach(async () => {
  await desk.close();
});

async function detail(reference = WEB): Promise<ImageDetail> {
  const coverage = await desk.compare(packages, { image: reference });
  expect(coverage.images.map(({ source }) => source)).toEqual([WEB]);
  if (!coverage.detail) throw new Error('no detail');
  return coverage.detail;
}

describe('the detail of an image', () => {
  it('has each variant, amd64 first and of a platform the target first, as their configs say', async () => {
    desk.serve('web/app', '1.0.0', held);
    const { source, target, variants } = await detail();
    expect([source, target]).toEqual([WEB, 'memory.test/web/app:1.0.0']);
    expect(variants.map(({ from, platform, version }) => [from, platform, version])).toEqual([
      ['target', 'linux/amd64', ''],
      [AMD64, 'linux/amd64', '1.0.0'],
      [ARM64, 'linux/arm64', '1.0.0'],
    ]);
    expect(variants[1]).toEqual({
      ...{ from: AMD64, version: '1.0.0', platform: 'linux/amd64', created: '2023-07-02T08:00:00Z' },
      ...{
        digest: manifestOf(amd64).digest,
        config: digestOf(amd64.config),
        mediaType: manifestOf(amd64).mediaType,
      },
      bytes: amd64.config.length + amd64.layers.reduce((sum, { stored }) => sum + stored.length, 0),
      layers: amd64.layers.map(({ digest, stored }, at) => ({
        digest,
        bytes: stored.length,
        shared: digest === base.digest,
        command: ['ADD base', 'COPY app'][at],
      })),
      raw: { manifest: manifestOf(amd64).bytes.toString(), config: amd64.config.toString() },
      ...{
        entrypoint: ['/bin/app'],
        command: ['serve', 'all of it'],
        env: runtime.Env,
        labels: runtime.Labels,
      },
      ...{ user: 'nobody', workingDir: '/srv', ports: ['80/tcp'], programs: 'unknown', mislabelled: false },
    });
    expect(variants[0]).toMatchObject({
      ...{ created: '2023-01-01T00:00:00Z', labels: { build: '1' } },
      raw: { manifest: manifestOf(held).bytes.toString(), config: held.config.toString() },
      layers: [{ command: '' }, { command: '' }],
    });
  });

  it('names exactly the fields that differ; the order of variables and labels does not count', async () => {
    desk.serve('web/app', '1.0.0', held);
    const common = ['digest', 'config', 'created', 'bytes', 'layers', 'env', 'labels'];
    expect((await detail()).differences).toEqual(common);
    desk.serve(
      'web/app',
      '1.0.0',
      image(WEB, 'amd64', {
        layers: layers('amd64'),
        runtime: { ...runtime, Env: runtime.Env.toReversed() },
      }),
    );
    const { differences } = await detail();
    expect(differences).not.toContain('env');
    expect(differences).not.toContain('labels');
  });

  it('of equal variants has no differences and no layer that another image shares', async () => {
    desk.serve('web/app', '1.0.0', amd64);
    packages = packages.slice(0, 1);
    const { variants, differences } = await detail();
    expect(variants).toHaveLength(2);
    expect(differences).toEqual([]);
    expect(variants.flatMap((one) => one.layers.map(({ shared }) => shared))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it.each([WEB, 'memory.test/web/app:1.0.0'])('is found by %s', async (reference) => {
    expect((await detail(reference)).source).toBe(WEB);
  });

  it('is found without its tag where that is clear, and asks for the tag where it is not', async () => {
    const db = await desk.compare(packages, { image: 'ghcr.io/db/app' });
    expect(db.detail?.source).toBe('ghcr.io/db/app:1.0.0');
    expect((await desk.compare(packages, { image: 'memory.test/db/app' })).detail?.source).toBe(
      db.detail?.source,
    );
    await expect(desk.compare(packages, { image: 'ghcr.io/web/app' })).rejects.toMatchObject({
      code: 'config.image-ambiguous',
      params: { names: expect.stringContaining('ghcr.io/web/app:2.0.0') as unknown },
    });
    await expect(desk.compare(packages, { image: 'ghcr.io/nobody/app' })).rejects.toMatchObject({
      code: 'config.image-unknown',
    });
  });
});

describe('its rows', () => {
  it('begin with what differs, mark single lines, and leave out what no config sets', async () => {
    desk.serve('web/app', '1.0.0', held);
    const rows = detailRows(await detail(), 'en');
    expect(rows.map(({ label, differs }) => `${differs ? '* ' : ''}${label}`)).toEqual([
      ...['* Digest', '* Config', '* Created', '* Size', '* Layers', '* Environment', '* Labels'],
      ...['Media type', 'Entrypoint', 'Command', 'User', 'Working directory', 'Ports'],
      ...['Programs (ELF)', 'Package version'],
    ]);
    const env = rows.find(({ field }) => field === 'env');
    expect(env?.cells[0]).toEqual([
      { text: 'GOMEMLIMIT=3GiB', differs: true },
      { text: 'MODE=fast', differs: false },
      { text: 'PATH=/bin', differs: false },
    ]);
    expect(env?.cells[1]?.some(({ differs }) => differs)).toBe(false);
    expect(rows.find(({ field }) => field === 'layers')?.cells[2]?.map(({ differs }) => differs)).toEqual([
      false,
      true,
    ]);
    expect(rows.find(({ field }) => field === 'command')?.cells[0]).toEqual([
      { text: 'serve "all of it"', differs: false },
    ]);
  });

  it('are in Chinese, too', async () => {
    const rows = detailRows(await detail(), 'zh-CN');
    expect(rows.map(({ label }) => label)).toContain('环境变量');
  });
});
