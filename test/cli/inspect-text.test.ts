// The text of `inspect`: facts of the package, charts with their images, and marks on what is unusual.
import { describe, expect, it } from 'vitest';
import type { InventoryChart, InventoryImage, InventoryPackage } from '../../core/contract.js';
import { session } from './cli-session.js';
import { problemOf } from './values.js';

function imageOf(fields: Partial<InventoryImage> = {}): InventoryImage {
  return {
    source: 'docker.io/a/b:1',
    platform: 'linux/arm64',
    digest: '',
    config: '',
    mediaType: '',
    created: null,
    programs: 'linux/arm64',
    mislabelled: false,
    named: true,
    bytes: 12_300_000,
    layers: [],
    repo: 'addon',
    chart: 'nginx',
    problem: null,
    ...fields,
  };
}

function chartOf(fields: Partial<InventoryChart> = {}): InventoryChart {
  return {
    repo: 'addon',
    name: 'nginx',
    version: '1.0',
    images: ['docker.io/a/b:1'],
    lacking: [],
    skipImages: false,
    problems: [],
    ...fields,
  };
}

function packageOf(fields: Partial<InventoryPackage> = {}): InventoryPackage {
  return {
    path: '/media/p.tar.gz',
    name: 'p.tar.gz',
    family: 'full',
    version: '0.11.0',
    arch: 'arm64',
    bytes: 15_300_000_000,
    sha512: 'ab12',
    checksum: 'ok',
    charts: [chartOf()],
    images: [imageOf()],
    blobBytes: 12_300_000,
    sharedBytes: 0,
    cached: false,
    problems: [],
    ...fields,
  };
}

async function shown(found: InventoryPackage, ...argv: readonly string[]) {
  const value = { schema: 'archbridge.inventory/1' as const, packages: [found], problems: found.problems };
  return session(['inspect', 'p', ...argv], { answers: { inspect: () => ({ ok: true, value }) } });
}

describe('the text of inspect', () => {
  it('has no marks where nothing is wrong', async () => {
    const { code, stdout } = await shown(packageOf());
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "p.tar.gz
        Family        full
        Version       0.11.0
        Architecture  arm64
        Size          15.3 GB (15300000000)
        SHA-512       right: ab12
        Contents      charts 1, images 1 (linux/arm64 1)
        Blobs         12.3 MB, nothing shared
        Programs      as claimed 1, unknown 0
        Read          just now

        addon/nginx  1.0
          docker.io/a/b:1  linux/arm64  12.3 MB
      "
    `);
  });

  it('marks what is unusual', async () => {
    const mislabelled = imageOf({
      source: 'docker.io/a/wrong:1',
      programs: 'linux/amd64',
      mislabelled: true,
      problem: problemOf('package', 'plan.of-later'),
    });
    const found = packageOf({
      cached: true,
      checksum: 'mismatch',
      version: '',
      arch: '',
      blobBytes: 30_000_000,
      sharedBytes: 6_900_000,
      charts: [
        chartOf({
          images: ['docker.io/a/wrong:1', 'docker.io/other/bundle:2', 'docker.io/gone/away:3'],
          lacking: ['docker.io/gone/away:3'],
          problems: [problemOf('package', 'plan.image-absent'), problemOf('package', 'chart.of-later')],
        }),
        chartOf({ name: 'bare', version: '2.3+1', images: [], skipImages: true }),
      ],
      images: [
        mislabelled,
        imageOf({ source: 'docker.io/a/extra:1', named: false, programs: 'unknown' }),
        imageOf({ source: 'docker.io/a/old:1', platform: 'linux/amd64', programs: 'linux/386' }),
        imageOf({
          source: 'docker.io/c/d:2',
          platform: 'linux/',
          programs: 'unknown',
          mislabelled: true,
          chart: '',
          repo: '',
        }),
        imageOf({
          source: 'docker.io/c/v7:2',
          platform: 'linux/arm/v7',
          programs: 'linux/arm',
          chart: '',
          repo: '',
        }),
      ],
      problems: [problemOf('package', 'package.of-later')],
    });
    const { code, stdout } = await shown(found);
    expect(code).toBe(3);
    expect(stdout).toMatchInlineSnapshot(`
      "p.tar.gz
        Family        full
        Version       (not said)
        Architecture  (not said)
        Size          15.3 GB (15300000000)
        SHA-512       WRONG: ab12
        Contents      charts 2, images 5 (linux/arm64 2, linux/ 1, linux/amd64 1, linux/arm/v7 1)
        Blobs         30.0 MB, each once; shared layers save 6.90 MB
        Programs      WRONG 2, as claimed 2, unknown 1
        Read          before, and unchanged since (--reread reads it again)

        addon/nginx  1.0
          docker.io/a/wrong:1       linux/arm64  12.3 MB  MISLABELLED: its programs are for linux/amd64
          docker.io/a/extra:1       linux/arm64  12.3 MB  programs unknown; not named by the chart
          docker.io/a/old:1         linux/amd64  12.3 MB  its programs are for linux/386
          docker.io/other/bundle:2                        brought by another bundle of the package
          docker.io/gone/away:3                           LACKING in this package
          chart.of-later happened
            do something
        addon/bare  2.3+1  saved without images (skipImages)

        Images without a chart:
          docker.io/c/d:2   linux/        12.3 MB  MISLABELLED: it claims no architecture
          docker.io/c/v7:2  linux/arm/v7  12.3 MB

        package.of-later happened
          do something

        plan.of-later happened
          do something
      "
    `);
  });

  it('says once that programs were not looked at', async () => {
    const { stdout } = await shown(packageOf({ images: [imageOf({ programs: 'unknown' })] }));
    expect(stdout).toMatch(/Programs +unknown: none inside, or not looked at\n/);
    expect(stdout).toMatch(/12\.3 MB\n/);
  });

  it('speaks Chinese', async () => {
    const { stdout } = await shown(packageOf({ cached: true }), '--lang', 'zh-CN');
    expect(stdout).toMatchInlineSnapshot(`
      "p.tar.gz
        类别     full
        版本     0.11.0
        架构     arm64
        大小     15.3 GB (15300000000)
        SHA-512  正确：ab12
        内容     1 个 Chart，1 个镜像（linux/arm64 1）
        数据块   12.3 MB，无共享
        程序     与声明相符 1，未知 0
        读取     此前已读取，之后未变化（--reread 重新读取）

        addon/nginx  1.0
          docker.io/a/b:1  linux/arm64  12.3 MB
      "
    `);
  });

  it('prints each problem once on stderr beside the JSON', async () => {
    const { stderr, stdout } = await shown(
      packageOf({ problems: [problemOf('package', 'package.of-later')] }),
      '--json',
    );
    expect(stderr.match(/package\.of-later/g)).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ packages: [{ cached: false }] });
  });
});
