// The sections of an HTML report besides its tables: result, coverage, what is left to do, and who imported what, when and where.
import { reportFigures } from '../../contract.js';
import type { Report } from '../../contract.js';
import type { TextKey } from '../../messages/catalog.js';
import { formatBytes, formatSeconds, formatTime } from '../../messages/units.js';
import { platformsOf, tagsOf } from '../tag-facts.js';
import { isProven, toDosOf, verdictOf, type ToDo, type Verdict } from '../verdict.js';
import { bar, markup, type HtmlValue, type Markup } from './page.js';
import type { Words } from './words.js';

const SIGNS: Readonly<Record<Verdict['tone'], string>> = { good: '✓', warn: '!', bad: '✕' };

/** The summary sentence and the figures under it. */
export function resultSection(report: Report, words: Words): Markup {
  const { key, params, tone } = verdictOf(report);
  const open = toDosOf(report).length;
  const figures = [
    ...figuresOf(report, words).map(
      ([value, label]) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>`,
    ),
    markup`<div class="${open > 0 ? 'open' : 'none'}"><dt>${words.say('report.figure.to-do')}</dt><dd>${open}</dd></div>`,
  ];
  return markup`<section class="result ${tone}">
<p class="verdict"><span class="sign" aria-hidden="true">${SIGNS[tone]}</span>${words.say(key, params)}</p>
<dl class="figures">${figures}</dl>
</section>
`;
}

function figuresOf(report: Report, { say }: Words): readonly (readonly [string, string])[] {
  const { tags, tagsAsAsked, tagsProven, entries, charts, chartsAsAsked } = reportFigures(report);
  const of = (part: number, total: number): string => say('report.figure.of', { part, total });
  return [
    tagsProven === null
      ? [of(tagsAsAsked, tags), say('report.figure.tags')]
      : [of(tagsProven, tags), say('report.figure.tags-proven')],
    [String(entries), say('report.figure.entries')],
    [of(chartsAsAsked, charts), say('report.figure.charts')],
    [
      formatBytes(report.totals.bytesSent),
      say('report.figure.sent', { time: formatSeconds(report.totals.seconds) }),
    ],
  ];
}

/** A bar for each platform; nothing for a run without tags. */
export function coverageSection({ coverage }: Report, { say }: Words): Markup {
  const rows = Object.entries(coverage).map(([platform, { present, total }]) => {
    const label = say('report.coverage.row', { platform, present, total });
    return markup`<tr><th scope="row" class="mono">${platform}</th><td class="picture">${bar([{ kind: 'ok', value: present }], total, label)}</td><td class="number">${present}/${total}</td></tr>
`;
  });
  return rows.length === 0
    ? markup``
    : titled(
        say('cli.report.coverage'),
        markup`<table class="coverage"><tbody>
${rows}</tbody></table>`,
      );
}

/** What was read back, how thoroughly, with which account and when. */
export function proofSection(report: Report, { say, language, problem }: Words): Markup {
  const { proof } = report;
  if (!proof) {
    return titled(say('report.proof.title'), markup`<p>${say('report.proof.none')}</p>`);
  }
  const { blobs } = proof.checked;
  const bytes = formatBytes(proof.checked.bytes);
  const depth = say(proof.depth === 'content' ? 'report.proof.content' : 'report.proof.sizes', {
    blobs,
    bytes,
  });
  const references = proof.charts.reduce((sum, one) => sum + one.images.length, 0);
  const lines = [
    say('report.proof.tags', { tags: proof.images.length, time: formatTime(proof.made, language) }),
    depth,
    ...(proof.charts.length > 0
      ? [say('report.proof.charts', { charts: proof.charts.length, references })]
      : []),
    ...(proof.readAs === '' ? [] : [say('report.proof.read-as', { account: proof.readAs })]),
    ...(proof.ok && !isProven(report, tagsOf(report)) ? [say('report.proof.not-all')] : []),
    ...proof.images
      .filter(({ mislabelled }) => mislabelled.length > 0)
      .map(({ target, mislabelled }) =>
        say('report.proof.mislabelled', { target, platforms: mislabelled.join(', ') }),
      ),
    ...proof.notes.map((note) => problem(note).message),
  ];
  return titled(say('report.proof.title'), listOf(lines));
}

/** What is left to do, with the causes; empty when nothing is. */
export function toDoSection(report: Report, words: Words): Markup {
  const items = toDosOf(report);
  if (items.length === 0) return markup``;
  const rows = items.map(
    (item) => markup`<tr><td class="mono">${item.what}</td><td>${whyOf(item, words)}</td></tr>
`,
  );
  return titled(
    words.say('report.to-do.title', { count: items.length }),
    markup`<table><tbody>
${rows}</tbody></table>`,
  );
}

function whyOf(item: ToDo, words: Words): HtmlValue {
  if (item.problem) return problemHtml(item.problem, words);
  if (item.lacks !== undefined) return words.say('report.to-do.lacks', { platform: item.lacks });
  return words.reason(item.reason ?? '');
}

/** Problems and notes of the run as a whole; empty without any. */
export function problemsSection({ problems }: Report, words: Words): Markup {
  if (problems.length === 0) return markup``;
  const lines = problems.map(
    (problem) => markup`<li>${problemHtml(problem, words)}</li>
`,
  );
  return titled(
    words.say('cli.report.problems', { count: problems.length }),
    markup`<ul>
${lines}</ul>`,
  );
}

function problemHtml(problem: Report['problems'][number], words: Words): Markup {
  const { message, hint } = words.problem(problem);
  return hint === '' ? markup`${message}` : markup`${message}<br><span class="muted">${hint}</span>`;
}

/** Who imported, when, and into which target. */
export function aboutSection(report: Report, { say, language }: Words): Markup {
  const { by, target, receipt, totals } = report;
  const facts: readonly (readonly [TextKey, string])[] = [
    ['report.about.run', report.run],
    ...(report.undoes.length > 0 ? [['report.about.undoes', report.undoes.join(', ')] as const] : []),
    ['report.about.started', formatTime(report.started, language)],
    ['report.about.ended', formatTime(report.ended, language)],
    ...(by.user + by.host === '' ? [] : [['report.about.by', `${by.user}@${by.host}`] as const]),
    ['report.about.version', by.version],
    [target.kind === 'folder' ? 'report.about.folder' : 'report.about.registry', target.location],
    ...(target.charts.length > 0 ? [['report.about.charts', target.charts.join(', ')] as const] : []),
    ['report.about.platforms', platformsOf(tagsOf(report)).join(', ')],
    [
      'report.about.passes',
      say('report.about.passes-value', { passes: totals.passes, retries: totals.retries }),
    ],
    ...(receipt ? [['report.about.receipt', `${receipt.reference} ${receipt.digest}`] as const] : []),
  ];
  const rows = facts.map(
    ([key, value]) => markup`<tr><th scope="row">${say(key)}</th><td class="mono">${value}</td></tr>
`,
  );
  const body = markup`<table class="about"><tbody>
${rows}</tbody></table>`;
  return titled(say('report.about.title'), body);
}

/** The options that weakened safety; the section says so, too, when there were none. */
export function weakenedSection({ weakened }: Report, { say }: Words): Markup {
  const body = weakened.length === 0 ? markup`<p>${say('report.weakened.none')}</p>` : listOf(weakened);
  return titled(say('report.weakened.title'), body);
}

/** The packages with version, architecture, size and SHA-512; empty without any. */
export function packagesSection({ packages }: Report, { say }: Words): Markup {
  if (packages.length === 0) return markup``;
  const rows = packages.map(
    (
      one,
    ) => markup`<tr><td class="mono">${one.name}</td><td>${one.version}</td><td>${one.arch}</td><td class="number">${formatBytes(one.bytes)}</td></tr>
<tr class="under"><td colspan="4"><span class="muted">SHA-512</span> <code>${one.sha512 ?? say('report.packages.no-sha512')}</code></td></tr>
`,
  );
  const heads = (['name', 'version', 'arch', 'bytes'] as const).map(
    (column) => markup`<th scope="col">${say(`report.packages.${column}`)}</th>`,
  );
  return titled(
    say('report.packages.title'),
    markup`<table><thead><tr>${heads}</tr></thead><tbody>
${rows}</tbody></table>`,
  );
}

/** A section under a heading. */
export function titled(title: string, body: Markup): Markup {
  return markup`<section>
<h2>${title}</h2>
${body}
</section>
`;
}

function listOf(lines: readonly string[]): Markup {
  return markup`<ul>
${lines.map(
  (line) => markup`<li>${line}</li>
`,
)}</ul>`;
}
