// `compare` on the command line: the request to the engine, the output, exit codes.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CompareRequest, Coverage, Problem, Result } from '../../core/contract.js';
import { AppError, toProblem } from '../../core/errors.js';
import { cellOf, coverageOf, rowOf, variantOf } from '../report/coverage-values.js';
import { scratchFolders } from '../support/scratch.js';
import { parseStrictHtml } from '../support/strict-html.js';
import { session, type Session } from './cli-session.js';
import { problemOf } from './values.js';

const scratch = scratchFolders();
const [AMD, ARM] = ['linux/amd64', 'linux/arm64'];

const coverage = coverageOf([
  rowOf(
    'ghcr.io/db/app:1',
    { [AMD]: cellOf('conflict', { reason: 'older' }), [ARM]: cellOf('add', { bytes: 12_400_000 }) },
    { bytesToSend: 5_000_000 },
  ),
  rowOf('ghcr.io/web/app:1', {
    [AMD]: cellOf('same'),
    [ARM]: cellOf('keep', { stale: true, version: '0.9.0' }),
  }),
]);

interface Said extends Session {
  readonly requests: readonly CompareRequest[];
}

async function compare(
  argv: readonly string[],
  answer: Coverage | Problem = coverage,
  settings: Parameters<typeof session>[1] = {},
): Promise<Said> {
  const requests: CompareRequest[] = [];
  const result: Result<Coverage> =
    'schema' in answer ? { ok: true, value: answer } : { ok: false, problem: answer };
  const said = await session(['compare', ...argv], {
    ...settings,
    answers: {
      compare: (request) => {
        requests.push(request);
        return Promise.resolve(result);
      },
    },
  });
  return { ...said, requests };
}

describe('the request', () => {
  it('has no target where none was named, and not the default folder', async () => {
    const { requests } = await compare(['a.tar.gz', 'b.tar.gz']);
    expect(requests).toEqual([{ packages: ['a.tar.gz', 'b.tar.gz'] }]);
    expect((await compare(['a.tar.gz', '--no-charts'])).requests[0]).not.toHaveProperty('target');
  });

  it('has the target that was named, and every group of options', async () => {
    const { requests } = await compare([
      ...[
        'a.tar.gz',
        '--registry',
        'r.test',
        '--container-prefix-repository',
        'mirror',
        '--only',
        'web',
        '--skip',
        'db',
      ],
      ...[
        '--platform',
        ARM,
        '--on-change',
        'keep',
        '--require-platforms',
        `${AMD},${ARM}`,
        '--reread',
        '--image',
        'web/app',
      ],
    ]);
    expect(requests).toEqual([
      {
        packages: ['a.tar.gz'],
        target: { registry: 'r.test', naming: { containerPrefixRepository: 'mirror' } },
        selection: { only: ['web'], skip: ['db'], platforms: [ARM] },
        ...{ onChange: 'keep', requirePlatforms: [AMD, ARM], reread: true, image: 'web/app' },
      },
    ]);
  });

  it('needs a package', async () => {
    const { code, requests } = await compare([]);
    expect([code, requests]).toEqual([2, []]);
  });
});

describe('the text', () => {
  it('begins with coverage, images that need attention and stale platforms, then the table', async () => {
    const { code, stdout } = await compare(['a.tar.gz', '--registry', 'r.test']);
    expect(code).toBe(0);
    expect(stdout).toBe(`Packages: addon-amd64.tar.gz
Target: https://r.test

linux/amd64  ████████████████████  2 of 2 images will run, 2 today
linux/arm64  ████████████████████  2 of 2 images will run, 1 today  1 stale

Needs attention (1)
  ghcr.io/db/app:1  linux/amd64  ! conflict: target is newer

Stale: from an older package version than the tag's other platforms (1)
  ghcr.io/web/app:1  linux/arm64  0.9.0

Image              linux/amd64  linux/arm64            To send
ghcr.io/db/app:1   ! conflict   + add 12.4 MB          5.00 MB
ghcr.io/web/app:1  = same       • keep, stale (0.9.0)

No tag loses a platform.
`);
  });

  it('lines up in Chinese', async () => {
    const { stdout } = await compare(['a.tar.gz', '--registry', 'r.test', '--lang', 'zh-CN']);
    expect(stdout).toContain(
      'linux/arm64  ████████████████████  2 / 2 个镜像可运行，现在 1 个  1 个版本落后\n',
    );
    expect(stdout).toContain('  ghcr.io/db/app:1  linux/amd64  ! 冲突: 目标仓库版本更新\n');
    expect(stdout).toContain('镜像               linux/amd64  linux/arm64                需传输\n');
    expect(stdout).toContain('ghcr.io/web/app:1  = 相同       • 保留，版本落后（0.9.0）\n');
  });

  it('is cut to the width of the terminal, names first, and not cut where it is piped', async () => {
    const long = `registry.internal.example/some/very/long/path/to/an/image/with/a/name:1.0.0-${'x'.repeat(40)}`;
    const one = coverageOf([
      rowOf(long, { [AMD]: cellOf('same'), [ARM]: cellOf('add', { bytes: 1_000_000 }) }),
    ]);
    const tty = { isTty: { stdout: true, stderr: false }, columns: 80 };
    const { stdout } = await compare(['a.tar.gz', '--no-color'], { ...one, problems: [] }, tty);
    const line = stdout.split('\n').find((text) => text.includes('= same'));
    expect(line?.length).toBeLessThanOrEqual(80);
    expect(line).toMatch(/^registry\.internal.*… {2}= same/);
    expect((await compare(['a.tar.gz'], one)).stdout).toContain(`${long}  = same`);
  });

  it('says what the packages have where there is no target, and what is wrong', async () => {
    const alone = coverageOf([rowOf('a/b:1', { [AMD]: cellOf('add') }, { before: [], target: '' })], {
      ...{ target: null, problems: [problemOf('package')] },
    });
    const { code, stdout } = await compare(['a.tar.gz'], alone);
    expect(code).toBe(3);
    expect(stdout).toContain('1 of 1 images have it');
    expect(stdout).not.toContain('To send');
    expect(stdout).toContain('Problems (1)\n  package.something happened\n');
  });

  it('puts one image side by side, differences marked', async () => {
    const detail = {
      ...{ source: 'ghcr.io/web/app:1', target: 'r.test/web/app:1', differences: ['env', 'layers'] },
      variants: [
        variantOf({ env: ['MODE=fast', 'PATH=/bin'] }),
        variantOf({
          from: 'addon-arm64.tar.gz',
          platform: ARM,
          layers: [{ digest: `sha256:${'12'.repeat(32)}`, bytes: 24_500_000, shared: false, command: '' }],
        }),
      ],
    };
    const { stdout } = await compare(['a.tar.gz', '--image', 'web/app'], { ...coverage, detail });
    expect(stdout).toMatch(/\n +linux\/amd64 +linux\/arm64\n +in the target +addon-arm64\.tar\.gz\n/);
    expect(stdout).toMatch(/\* Layers += sha256:efefefefefef 24\.0 MB +\* sha256:121212121212 24\.5 MB\n/);
    expect(stdout).toMatch(/\* Environment +\* MODE=fast +PATH=\/bin\n +PATH=\/bin\n/);
    expect(stdout).toMatch(/ {2}Entrypoint +\/bin\/app +\/bin\/app\n/);
    expect(stdout).not.toContain('To send');
  });

  it('makes hostile names harmless', async () => {
    const bad = coverageOf([rowOf('a\u001b[31m/b:1', { [AMD]: cellOf('conflict', { reason: 'older' }) })]);
    const { stdout } = await compare(['a.tar.gz'], bad);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('a\ufffd[31m/b:1');
  });
});

describe('the JSON', () => {
  it("is the engine's value unchanged; what needs attention goes to stderr", async () => {
    const { stdout, stderr } = await compare(['a.tar.gz', '--json']);
    expect(JSON.parse(stdout)).toEqual(coverage);
    expect(stderr).toContain(
      'Needs attention (1)\n  ghcr.io/db/app:1  linux/amd64  ! conflict: target is newer\n',
    );
  });

  it('has the schema of the command when there is no value', async () => {
    const { code, stdout } = await compare(['a.tar.gz', '--json'], problemOf('registry'));
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ schema: 'archbridge.coverage/1', platforms: [], images: [], summary: {}, detail: null },
      problems: [{ code: 'registry.something' }],
    });
  });
});

describe('the exit code', () => {
  const row = (state: Parameters<typeof cellOf>[0], reason = '', problem: Problem | null = null): Coverage =>
    coverageOf([rowOf('a/b:1', { [AMD]: cellOf('same'), [ARM]: cellOf(state, { reason }) }, { problem })]);
  const required = (one: Coverage): Coverage => ({ ...one, required: [AMD, ARM] });
  const mislabelled = toProblem(
    new AppError('plan.image-mislabelled', {
      origin: 'package',
      params: { image: 'a', claimed: ARM, found: AMD, example: 'x' },
    }),
  );

  it.each([
    ['a conflict', row('conflict', 'older'), 0],
    ['a stale platform', coverage, 0],
    ['a mislabelled image', row('mislabelled', 'mislabelled', mislabelled), 0],
    ['a platform that nobody required', row('not-used'), 0],
    ['a tag that cannot be read', row('unreadable', 'unreadable'), 5],
    ['the same where a platform is required', required(row('unreadable', 'unreadable')), 5],
    ['a required platform that lacks', required(row('missing')), 6],
    ['the same for a family alone', required(row('missing', 'only-package-of-family')), 6],
    ['a required platform that is mislabelled', required(row('mislabelled', 'mislabelled', mislabelled)), 6],
    ['required platforms that are there', required(row('keep')), 0],
    ['a damaged image', row('missing', 'damaged', problemOf('package')), 3],
    ['a damaged package', { ...row('same'), problems: [problemOf('package')] }, 3],
    [
      'what is worth a word',
      { ...row('same'), problems: [problemOf('package', 'package.no-end-blocks')] },
      0,
    ],
    ['nothing at all', coverageOf([]), 0],
  ] as const)('of %s', async (_, answer, code) => {
    expect((await compare(['a.tar.gz'], answer)).code).toBe(code);
    expect((await compare(['a.tar.gz', '--json'], answer)).code).toBe(code);
  });
});

describe('--html', () => {
  it('writes the page in the chosen language, beside the text or the JSON', async () => {
    const file = join(scratch(), 'compare.html');
    const { code, stdout, stderr } = await compare(['a.tar.gz', '--html', file, '--lang', 'zh-CN', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(coverage);
    expect(stderr).toContain(file);
    const page = parseStrictHtml(await readFile(file, 'utf8'));
    expect(page.attributes).toContainEqual(['lang', 'zh-CN']);
    expect(page.text).toContain('ghcr.io/web/app:1');
  });

  it('is refused before the command begins where its folder does not exist', async () => {
    const { code, requests } = await compare(['a.tar.gz', '--html', join(scratch(), 'none', 'compare.html')]);
    expect([code, requests]).toEqual([2, []]);
  });

  it('does not overwrite a package that was given as its value by mistake', async () => {
    const file = join(scratch(), 'a.tar.gz');
    await writeFile(file, 'a package');
    const { code, stderr, requests } = await compare(['--html', file, 'b.tar.gz']);
    expect([code, requests, await readFile(file, 'utf8')]).toEqual([2, [], 'a package']);
    expect(stderr).toContain(`${file} is there already`);
    expect((await compare(['a.tar.gz', '--html', join(scratch(), 'new')])).code).toBe(0);
  });

  it('that cannot be written is reported', async () => {
    const { code, stderr } = await compare(['a.tar.gz', '--html', scratch()]);
    expect(code).toBe(4);
    expect(stderr).toContain('The comparison could not be written');
  });
});

describe('the help', () => {
  it('says what happens without a target, in both languages', async () => {
    const english = await session(['compare', '--help']);
    expect(english.stdout).toContain('without one the packages are compared with each other');
    expect(english.stdout).toContain('--image <reference>');
    const chinese = await session(['compare', '--help', '--lang', 'zh-CN']);
    expect(chinese.stdout).toContain('未指定时只对比软件包');
  });
});
