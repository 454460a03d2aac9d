// The comparison as one HTML page: well-formed, self-contained, in both languages, and safe from hostile names.
import { describe, expect, it } from 'vitest';
import type { Coverage, CoverageCell } from '../../../core/contract.js';
import { AppError, toProblem } from '../../../core/errors.js';
import { coverageHtml } from '../../../core/report/render/coverage-html.js';
import { parseStrictHtml } from '../../support/strict-html.js';
import { cellOf, coverageOf, rowOf, variantOf } from '../coverage-values.js';

const [AMD, ARM] = ['linux/amd64', 'linux/arm64'];
const HOSTILE = `"><script src="https://evil.test/x.js"></script><b onclick='x'>&amp;\u202e`;

const STATES: readonly CoverageCell['state'][] = [
  ...(['same', 'add', 'replace', 'keep', 'conflict'] as const),
  ...(['missing', 'mislabelled', 'not-used', 'unreadable'] as const),
];

function everything(text: string): Coverage {
  const problem = toProblem(
    new AppError('plan.image-mislabelled', {
      origin: 'package',
      params: { image: text, claimed: ARM, found: AMD, example: text },
    }),
  );
  const rows = STATES.map((state) =>
    rowOf(
      `${text}${state}`,
      {
        [AMD]: cellOf('same', { bytes: 12_000_000 }),
        [ARM]: cellOf(state, { stale: state === 'keep', version: text, reason: '', bytes: 11_000_000 }),
      },
      { problem, charts: [text], bytesToSend: 25_400 },
    ),
  );
  return coverageOf(rows, {
    packages: [{ path: text, name: text, version: text, arch: '', bytes: 1, sha512: null }],
    target: { kind: 'registry', location: text, charts: [] },
    problems: [problem],
    detail: {
      ...{ source: text, target: text, differences: ['env', 'labels'] },
      variants: [
        variantOf({ env: [text], labels: { [text]: text } }),
        variantOf({ from: text, platform: ARM, user: text }),
      ],
    },
  });
}

describe.each(['en', 'zh-CN'] as const)('the page in %s', (language) => {
  it('is well-formed, says its language, and needs nothing from anywhere', () => {
    const html = coverageHtml(everything('ghcr.io/web/app:1.0.0 '), language);
    const page = parseStrictHtml(html);
    expect(page.attributes).toContainEqual(['lang', language]);
    expect(page.elements).not.toContain('script');
    expect(page.attributes.filter(([name]) => /^(?:src|href|on.*|style)$/.test(name))).toEqual([]);
    expect(html).not.toMatch(/https?:|url\(|@import/);
  });

  it('shows hostile names as the text that they are', () => {
    const html = coverageHtml(everything(HOSTILE), language);
    const page = parseStrictHtml(html);
    expect(page.elements).not.toContain('script');
    expect(page.elements).not.toContain('b');
    expect(page.text).toContain(HOSTILE.replace('\u202e', '\ufffd'));
    expect(html).not.toContain('\u202e');
  });
});

describe('what it says', () => {
  const coverage = coverageOf([
    rowOf('ghcr.io/web/app:1', {
      [AMD]: cellOf('same'),
      [ARM]: cellOf('keep', { stale: true, version: '0.9.0' }),
    }),
    rowOf(
      'ghcr.io/db/app:1',
      { [AMD]: cellOf('conflict', { reason: 'older' }), [ARM]: cellOf('add', { bytes: 12_400_000 }) },
      { bytesToSend: 5_000_000 },
    ),
    rowOf(
      'ghcr.io/gpu/app:1',
      { [AMD]: cellOf('add'), [ARM]: cellOf('missing', { reason: 'only-package-of-family' }) },
      { after: [AMD] },
    ),
  ]);
  const { text, attributes } = parseStrictHtml(coverageHtml(coverage, 'en'));

  it('counts per platform, in words and as a picture with the same words', () => {
    expect(text).toContain('3 of 3 images will run, 2 today');
    expect(text).toContain('2 of 3 images will run, 1 today · 1 stale');
    expect(attributes).toContainEqual(['aria-label', '2 of 3 images will run, 1 today']);
  });

  it('lists what needs attention, and what is stale, once each', () => {
    expect(text).toContain('Needs attention (1)');
    expect(text).toContain('conflict target is newer');
    expect(text).toMatch(/Stale: .*\(1\)/);
    expect(text).toContain('keep stale (0.9.0)');
  });

  it('has the matrix with sizes and what is to be sent', () => {
    expect(text).toContain('+ add 12.4 MB');
    expect(text).toContain('5.00 MB');
    expect(text).toContain('missing amd64 only');
  });

  it('speaks Chinese, too', () => {
    const chinese = parseStrictHtml(coverageHtml(coverage, 'zh-CN')).text;
    expect(chinese).toContain('3 / 3 个镜像可运行，现在 2 个');
    expect(chinese).toContain('冲突 目标仓库版本更新');
  });

  it('says that there is nothing, and that all is there', () => {
    expect(parseStrictHtml(coverageHtml(coverageOf([]), 'en')).text).toContain('Nothing to compare');
    const same = coverageOf([rowOf('a/b:1', { [AMD]: cellOf('same') })]);
    expect(parseStrictHtml(coverageHtml(same, 'en')).text).toContain('Nothing to import.');
    const alone = { ...same, target: null };
    expect(parseStrictHtml(coverageHtml(alone, 'en')).text).not.toContain('Nothing to import.');
  });
});
describe('the picture of the whole', () => {
  const coverage = coverageOf([
    rowOf('x/a:1', { [AMD]: cellOf('same'), [ARM]: cellOf('add') }),
    rowOf('x/b:1', { [AMD]: cellOf('same'), [ARM]: cellOf('missing') }),
  ]);

  it('has a strip for each platform now and after, which says in words what it shows', () => {
    const html = coverageHtml(coverage, 'en');
    expect(html.match(/<svg class="strip"[^>]*aria-label="[^"]*"/g)).toHaveLength(4);
    expect(html).toContain('<title>addon/web@1.0.0 · added: 1</title>');
    expect(html).toContain('<title>addon/web@1.0.0 · missing: 1</title>');
    expect(html).toContain('<title>addon/web@1.0.0 · there: 2</title>');
  });

  it('is left out where packages are compared without a target', () => {
    expect(coverageHtml({ ...coverage, target: null }, 'en')).not.toContain('class="strip"');
  });
});
