// The HTML report is well-formed, complete in both languages, self-contained, and safe from hostile names.
import { describe, expect, it } from 'vitest';
import { LANGUAGES, textFor } from '../../../core/messages/catalog.js';
import type { Report } from '../../../core/contract.js';
import { renderReport } from '../../../core/report/render/render-report.js';
import { chartOf, imageOf, problemOf, reportOf, tagOf } from '../../cli/values.js';
import { parseStrictHtml, type HtmlPage } from '../../support/strict-html.js';
import { proofOf, provenChart, provenImage } from '../proofs.js';

const both = ['linux/amd64', 'linux/arm64'];
const former = { ...tagOf(['linux/amd64', 'linux/arm/v7']), digest: `sha256:${'12'.repeat(32)}` };
const full = reportOf({
  result: 'done',
  packages: [
    { ...reportOf({}).packages[0]!, sha512: 'c0ffee'.repeat(21) },
    { ...reportOf({}).packages[0]!, name: 'cut.tar.gz', sha512: null },
  ],
  images: [
    imageOf({ action: 'replace', before: former, after: tagOf([...both, 'linux/arm/v7']) }),
    imageOf({
      platform: 'linux/arm64',
      action: 'add',
      before: former,
      after: tagOf([...both, 'linux/arm/v7']),
    }),
    imageOf({
      target: 'q/b:1',
      action: 'conflict',
      reason: 'older',
      before: 'unreadable',
      after: tagOf(both),
    }),
  ],
  charts: [
    chartOf({ action: 'replace', digest: `sha256:${'34'.repeat(32)}`, before: `sha256:${'56'.repeat(32)}` }),
  ],
  coverage: { 'linux/amd64': { present: 2, total: 2 }, 'linux/arm64': { present: 1, total: 2 } },
  weakened: ['--accept-unproven'],
  proof: proofOf({
    images: [
      provenImage({ platforms: [...both, 'linux/arm/v7'], mislabelled: ['linux/arm/v7'] }),
      provenImage({ target: 'q/b:1', platforms: both }),
    ],
    charts: [provenChart({ images: [{ reference: 'q/b:1', ok: true, problem: null }] })],
    readAs: 'anonymous',
  }),
  receipt: { reference: 'reg.local/archbridge/receipts:run-1', digest: `sha256:${'78'.repeat(32)}` },
  problems: [
    {
      ...problemOf('registry', 'run.platform-missing'),
      params: { target: 'q/b:1', platform: 'linux/arm64' },
    },
  ],
});

function pageOf(reports: readonly Report[], language: 'en' | 'zh-CN' = 'en'): HtmlPage {
  return parseStrictHtml(renderReport(reports, { format: 'html', language }));
}

describe('a report as HTML', () => {
  it('holds everything that security and administrators ask for', () => {
    const { text } = pageOf([full]);
    const image = full.images[0]!;
    for (const expected of [
      'Imported. Images that still lack a platform: 1.',
      ...['2 of 2', 'tags read back and right', '1 of 1', '5.00 GB', 'sent, in 3m 05s'],
      ...['linux/amd64', 'linux/arm64', 'arm/v7', '1/2'],
      ...[former.digest, tagOf([]).digest, image.digest, image.config, image.source],
      ...['1212…1212 → abab…abab', 'unreadable → abab…abab'],
      ...[full.charts[0]!.digest!, full.charts[0]!.before!],
      ...['c0ffee'.repeat(21), 'not known: the package was not read to its end'],
      ...['admin@laptop', '0.1.0', 'run-1', 'May 1, 2024, 10:00:00 UTC'],
      ...['--accept-unproven', 'anonymous', full.receipt!.reference],
      ...['built earlier than the image under the tag', 'kept', 'replaced', 'platform added'],
    ])
      expect(text, expected).toContain(expected);
  });

  it.each(LANGUAGES)('is well-formed and in one language: %s', (language) => {
    for (const reports of [
      [full],
      [full, { ...full, run: 'run-2', kind: 'undo' as const }],
      [reportOf({})],
    ]) {
      const html = renderReport(reports, { format: 'html', language });
      const { text, attributes } = parseStrictHtml(html);
      expect(html).toContain(`<html lang="${language}">`);
      // a {place} without a value, or a key without a text
      expect(text).not.toMatch(/\{\w+\}|report\.\w|cli\.\w/);
      expect(attributes.map(([, value]) => value).join('\n')).not.toMatch(/\{\w+\}|report\.\w/);
    }
  });

  it('has every word of it in Chinese', () => {
    const english = pageOf([full]).text.split('\n');
    const chinese = new Set(pageOf([full], 'zh-CN').text.split('\n'));
    const words = english.filter((line) => chinese.has(line)).join('\n');
    // what is the same in both are names, digests and numbers
    for (const word of [
      'Tag',
      'Digest',
      'Platform',
      'Package',
      'Version',
      'tags',
      'kept',
      'replaced',
      'Began',
    ])
      expect(words, word).not.toMatch(new RegExp(`\\b${word}\\b`));
    expect(pageOf([full], 'zh-CN').text).toContain(textFor('report.verdict.gaps', { count: 1 }, 'zh-CN'));
  });

  it('needs nothing from elsewhere and runs nothing', () => {
    const html = renderReport([full, { ...full, run: 'run-2' }], { format: 'html', language: 'en' });
    const { elements, attributes } = parseStrictHtml(html);
    for (const element of ['script', 'link', 'img', 'iframe', 'object', 'form', 'base'])
      expect(elements).not.toContain(element);
    for (const [name, value] of attributes) {
      expect(name).not.toMatch(/^(?:src|srcset|style|on\w+|action|data)$/);
      if (name === 'href') expect(value).toMatch(/^#run-run-[12]$/);
    }
    expect(html).not.toMatch(/@import|url\(/);
  });

  it('shows hostile names as text', () => {
    const hostile = `"><script src=//evil>x</script><img onerror='x'>\u202e\u0000&amp;`;
    const shown = hostile.replace(/[\u202e\u0000]/g, '\ufffd'); // eslint-disable-line no-control-regex
    const held = { digest: hostile, mediaType: hostile, platforms: [hostile] };
    const problem = { ...problemOf('registry', hostile), message: hostile, hint: hostile };
    const report = reportOf({
      run: hostile,
      by: { user: hostile, host: hostile, version: hostile },
      started: hostile,
      images: [
        imageOf({
          ...{ source: hostile, sources: [hostile], target: hostile, platform: hostile, digest: hostile },
          ...{ config: hostile, package: hostile, version: hostile, before: held, after: held },
          ...{ action: 'conflict', reason: hostile },
        }),
      ],
      charts: [
        chartOf({
          repo: hostile,
          url: hostile,
          name: hostile,
          version: hostile,
          digest: hostile,
          before: hostile,
          problem,
        }),
      ],
      packages: [
        { path: hostile, name: hostile, version: hostile, arch: hostile, bytes: 1, sha512: hostile },
      ],
      target: { kind: 'registry', location: hostile, charts: [hostile] },
      weakened: [hostile],
      coverage: { [hostile]: { present: 1, total: 1 } },
      proof: proofOf({
        ok: false,
        readAs: hostile,
        images: [
          provenImage({ target: hostile, ok: false, problem, problems: [problem], mislabelled: [hostile] }),
        ],
      }),
      receipt: { reference: hostile, digest: hostile },
      problems: [problem],
    });
    for (const reports of [[report], [report, report]]) {
      const { elements, text } = pageOf(reports);
      expect(elements).not.toContain('script');
      expect(elements).not.toContain('img');
      expect(text.split(shown).length).toBeGreaterThan(25);
    }
  });

  it('says what was not proven', () => {
    const { text } = pageOf([{ ...full, images: full.images.slice(0, 2), problems: [], proof: null }]);
    expect(text).toContain('It was not verified in the end');
    expect(text).toContain('Nothing was read back after the run');
    expect(text).not.toContain('Every tag was read back');
    const part = { ...full, proof: { ...full.proof!, images: full.proof!.images.slice(0, 1) } };
    expect(pageOf([part]).text).toContain('Not every tag of the run was read back.');
  });
});

describe('the report of an undo', () => {
  it('tells what was put back and what was removed', () => {
    const undone = {
      source: '',
      sources: [],
      config: '',
      package: '',
      version: '',
      action: 'replace' as const,
    };
    const report = reportOf({
      kind: 'undo',
      undoes: ['run-0'],
      images: [
        imageOf({ ...undone, target: 'q/a:1', before: tagOf(both), after: former }),
        imageOf({ ...undone, target: 'q/a:1', platform: 'linux/arm64', before: tagOf(both), after: former }),
        imageOf({ ...undone, target: 'q/b:1', before: former, after: null }),
      ],
      charts: [chartOf({ action: 'replace', digest: null })],
    });
    const { text } = pageOf([report]);
    const lineOf = (start: string): string => text.split('\n').find((line) => line.startsWith(start)) ?? '';
    expect(lineOf('q/a:1')).toBe('q/a:1✓ put back✓ removed✓ there' + 'abab…abab → 1212…1212');
    expect(lineOf('q/b:1')).toBe('q/b:1✓ removed–✕ gone' + '1212…1212 → none');
    expect(lineOf('addon/nginx')).toContain('✓ removed');
    expect(text).toContain('Undoesrun-0');
    expect(text).not.toContain('from \n');
  });
});

describe('a report on several runs', () => {
  it('leads from an overview to each run', () => {
    const { text, attributes } = pageOf([
      full,
      { ...full, run: 'run-2', kind: 'undo', undoes: ['run-1'], images: [], proof: null },
    ]);
    expect(text).toContain('Report on several runs (2)');
    expect(text).toContain('Undone. Tags and charts are what they were before.');
    const anchors = attributes.filter(([name]) => name === 'id').map(([, value]) => value);
    expect(anchors).toEqual(['run-run-1', 'run-run-2']);
  });
});
