// The report of one run or of several as one HTML page.
import type { Language, Report } from '../../contract.js';
import { formatTime } from '../../messages/units.js';
import { verdictOf } from '../verdict.js';
import { markup, page, type Markup } from './page.js';
import {
  aboutSection,
  coverageSection,
  packagesSection,
  problemsSection,
  proofSection,
  resultSection,
  titled,
  toDoSection,
  weakenedSection,
} from './report-sections.js';
import { chartsSection, digestsSection, tagsSection } from './report-tables.js';
import { wordsIn, type Words } from './words.js';

/** The whole file. */
export function reportHtml(reports: readonly Report[], language: Language): string {
  const words = wordsIn(language);
  const [only, ...others] = reports;
  if (only !== undefined && others.length === 0) {
    const body = runBody(only, words);
    return page({ language, title: titleOf(only, words), facts: factsOf(only, words), body, styles: STYLES });
  }
  return page({
    language,
    title: words.say('report.title.several', { count: reports.length }),
    facts: [],
    body: markup`${overview(reports, words)}${reports.map((report) => chapter(report, words))}`,
    styles: STYLES,
  });
}

const TITLES = {
  import: 'report.title.import',
  undo: 'report.title.undo',
  prune: 'report.title.prune',
} as const;

function titleOf({ kind }: Report, { say }: Words): string {
  return say(TITLES[kind]);
}

function factsOf({ run, started, target, packages }: Report, { say, language }: Words): readonly string[] {
  return [
    say('report.fact.run', { run, time: formatTime(started, language), target: target.location }),
    ...(packages.length > 0 ? [packages.map(({ name }) => name).join(', ')] : []),
  ];
}

function runBody(report: Report, words: Words): Markup {
  return markup`${resultSection(report, words)}${coverageSection(report, words)}${toDoSection(report, words)}${problemsSection(report, words)}${proofSection(report, words)}${tagsSection(report, words)}${chartsSection(report, words)}${aboutSection(report, words)}${weakenedSection(report, words)}${packagesSection(report, words)}${digestsSection(report, words)}`;
}

function chapter(report: Report, words: Words): Markup {
  const facts = factsOf(report, words).map(
    (fact) => markup`<p class="fact">${fact}</p>
`,
  );
  return markup`<article id="${anchorOf(report)}">
<h1>${titleOf(report, words)}</h1>
${facts}${runBody(report, words)}</article>
`;
}

/** The overview of a report on several runs: each with its summary sentence. */
function overview(reports: readonly Report[], words: Words): Markup {
  const rows = reports.map((report) => {
    const { key, params } = verdictOf(report);
    return markup`<tr><th scope="row" class="mono"><a href="#${anchorOf(report)}">${report.run}</a></th><td>${formatTime(report.started, words.language)}</td><td class="mono">${report.target.location}</td><td>${words.say(key, params)}</td></tr>
`;
  });
  const heads = (['run', 'started', 'target', 'result'] as const).map(
    (column) => markup`<th scope="col">${words.say(`report.runs.${column}`)}</th>`,
  );
  return titled(
    words.say('report.runs.title'),
    markup`<div class="wide"><table><thead><tr>${heads}</tr></thead><tbody>
${rows}</tbody></table></div>`,
  );
}

function anchorOf({ run }: Report): string {
  return `run-${run}`;
}

const STYLES = `@page { size: A4; margin: 14mm; }
a { color: var(--accent); }
.result { border-left-width: 4px; }
.result.good { border-left-color: var(--ok); }
.result.warn { border-left-color: var(--conflict); }
.result.bad { border-left-color: var(--error); }
.verdict { margin: 0 0 12px; font-size: 17px; line-height: 24px; font-weight: 600; }
.sign { display: inline-block; min-width: 24px; }
.good > .verdict .sign, .mark.good > span { color: var(--ok); }
.warn > .verdict .sign, .mark.warn { color: var(--conflict); }
.bad > .verdict .sign, .mark.bad { color: var(--error); }
.figures { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 0; }
.figures > div { display: flex; flex-direction: column-reverse; }
.figures dt { color: var(--muted); }
.figures dd { margin: 0; font-size: 20px; line-height: 28px; font-weight: 600; font-variant-numeric: tabular-nums; }
.coverage th, .coverage .number { width: 1%; white-space: nowrap; }
.coverage .picture { padding-top: 11px; }
.about th { width: 1%; white-space: nowrap; color: var(--muted); }
.figures .open dd { color: var(--conflict); }
.mark, .whole { white-space: nowrap; }
tbody th[scope="row"] { min-width: 140px; }
.coverage th[scope="row"], .about th[scope="row"] { min-width: 0; }
.under td { padding-top: 0; }
.group th { padding-top: 12px; font-weight: 400; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 20px; }
section p { margin: 0; }
@media print {
  article { break-before: page; }
  .figures { gap: 4pt 18pt; }
  th, td { padding: 3pt 5pt; }
  code, .mono { font-size: 8pt; line-height: 11pt; }
}
`;
