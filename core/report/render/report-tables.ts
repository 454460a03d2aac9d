// The tables of an HTML report: tags before and after with their platforms, charts, and digests to compare with the vendor's.
import { rowPlatform } from '../../content/platform.js';
import type { ChartAction, ImageAction, Report, ReportImage } from '../../contract.js';
import { heldBy, platformFact, platformsOf, tagsOf, type TagFacts } from '../tag-facts.js';
import { markup, type HtmlValue, type Markup } from './page.js';
import { titled } from './report-sections.js';
import type { Words } from './words.js';

/** A row for each tag, a column for each platform. */
export function tagsSection(report: Report, words: Words): Markup {
  const tags = tagsOf(report);
  if (tags.length === 0) return markup``;
  const platforms = platformsOf(tags);
  const { say } = words;
  const heads = [
    say('report.tags.tag'),
    ...platforms.map((platform) => platform.replace(/^linux\//, '')),
    say('report.tags.digests'),
    ...(report.proof ? [say('report.tags.proof')] : []),
  ];
  const rows = tags.map((tag) => {
    const cells = platforms.map(
      (platform) => markup`<td>${platformCell(tag, platform, report.kind, words)}</td>`,
    );
    const proof = report.proof ? markup`<td>${proofCell(tag, words)}</td>` : markup``;
    return markup`<tr><th scope="row" class="mono">${tag.target}</th>${cells}<td class="mono whole">${shortOf(tag.before, words)} → ${shortOf(tag.after, words)}</td>${proof}</tr>
`;
  });
  return titled(say(report.proof ? 'report.tags.title-proven' : 'report.tags.title'), wide(heads, rows));
}

function platformCell(tag: TagFacts, platform: string, kind: Report['kind'], words: Words): HtmlValue {
  const fact = platformFact(tag, platform);
  switch (fact.kind) {
    case 'row':
      if (kind !== 'import' && fact.row.action === 'replace')
        return putBack(heldBy(tag.after).includes(platform), words);
      return actionMark(fact.row.action, words);
    case 'kept':
      return mark('good', words.say('cli.action.keep'));
    case 'there':
      return mark('good', words.say('report.tags.there'));
    case 'gone':
      return mark('bad', words.say('report.tags.gone'));
    case 'none':
      return markup`<span class="muted">–</span>`;
  }
}

function proofCell({ proof }: TagFacts, { say }: Words): HtmlValue {
  if (!proof) return markup`<span class="muted">–</span>`;
  return proof.ok ? mark('good', say('report.tags.right')) : mark('bad', say('report.tags.wrong'));
}

function actionMark(action: ImageAction | ChartAction, words: Words): Markup {
  const tone = action === 'failed' || action === 'blocked' ? 'bad' : action === 'conflict' ? 'warn' : 'good';
  return mark(tone, words.action(action));
}

/** What an undo did: it uses the action `replace` both for putting back and for removing. */
function putBack(isThere: boolean, { say }: Words): Markup {
  return mark('good', say(isThere ? 'report.tags.restored' : 'report.tags.removed'));
}

/** A sign and the word, so that the meaning does not depend on colour. */
function mark(tone: 'good' | 'warn' | 'bad', word: string): Markup {
  const sign = { good: '✓', warn: '!', bad: '✕' }[tone];
  return markup`<span class="mark ${tone}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
}

function shortOf(held: ReportImage['before'], { say }: Words): HtmlValue {
  if (held === null) return markup`<span class="muted">${say('report.tags.none')}</span>`;
  if (held === 'unreadable') return markup`<span class="muted">${say('report.tags.unreadable')}</span>`;
  return markup`<span title="${held.digest}">${short(held.digest)}</span>`;
}

/** `7d21…b04e`; the whole digest stands further below. */
function short(digest: string): string {
  const hex = digest.replace(/^sha256:/, '');
  return hex.length > 12 ? `${hex.slice(0, 4)}…${hex.slice(-4)}` : hex;
}

/** A row for each chart in each repository; empty without charts. */
export function chartsSection(report: Report, words: Words): Markup {
  if (report.charts.length === 0) return markup``;
  const { say } = words;
  const heads = (['chart', 'version', 'repository', 'action', 'digest'] as const).map((column) =>
    say(`report.charts.${column}`),
  );
  const rows = report.charts.map((chart) => {
    const name = chart.repo === '' ? chart.name : `${chart.repo}/${chart.name}`;
    const former =
      chart.before === null
        ? markup``
        : markup`<br><span class="muted">${say('report.charts.former')} ${chart.before}</span>`;
    const done =
      report.kind !== 'import' && chart.action === 'replace'
        ? putBack(chart.digest !== null, words)
        : chart.reason === 'not-selected'
          ? markup`<span class="muted">${words.say('cli.action.not-selected')}</span>`
          : actionMark(chart.action, words);
    return markup`<tr><th scope="row" class="mono">${name}</th><td class="mono whole">${chart.version}</td><td class="mono">${chart.url}</td><td>${done}</td><td class="mono">${chart.digest ?? '–'}${former}</td></tr>
`;
  });
  return titled(say('report.charts.title'), wide(heads, rows));
}

/** Whole digests: of each tag before and after, and of manifest and config of each image that a package brought. */
export function digestsSection(report: Report, { say }: Words): Markup {
  const tags = tagsOf(report);
  if (tags.length === 0) return markup``;
  const heads = (['platform', 'manifest', 'config', 'package'] as const).map((column) =>
    say(`report.digests.${column}`),
  );
  const whole = (held: ReportImage['before']): string =>
    held === null
      ? say('report.tags.none')
      : held === 'unreadable'
        ? say('report.tags.unreadable')
        : held.digest;
  const rows = tags.map((tag) => {
    const images = tag.rows.map(
      (
        row,
      ) => markup`<tr><td class="whole">${rowPlatform(row)}</td><td class="mono">${row.digest}</td><td class="mono">${row.config || '–'}</td><td>${row.package}${row.version === '' ? '' : ` (${row.version})`}</td></tr>
`,
    );
    const sources = tag.sources.join(', ');
    const from = sources === '' ? markup`` : markup`<br>${say('report.digests.from', { sources })}`;
    return markup`<tr class="group"><th scope="rowgroup" colspan="4"><span class="mono">${tag.target}</span>${from}<br><span class="mono">${whole(tag.before)} → ${whole(tag.after)}</span></th></tr>
${images}`;
  });
  const intro = markup`<p class="muted">${say('report.digests.intro')}</p>
`;
  return titled(say('report.digests.title'), markup`${intro}${wide(heads, rows)}`);
}

function wide(heads: readonly string[], rows: readonly Markup[]): Markup {
  const columns = heads.map((head) => markup`<th scope="col">${head}</th>`);
  return markup`<div class="wide"><table><thead><tr>${columns}</tr></thead><tbody>
${rows}</tbody></table></div>`;
}
