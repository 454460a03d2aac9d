// A comparison as one HTML page: coverage, what needs attention, and the matrix of images and platforms.
import { needsAttention } from '../../contract.js';
import type { Coverage, CoverageCell, CoverageImage, ImageDetail, Language } from '../../contract.js';
import type { TextKey } from '../../messages/catalog.js';
import { formatBytes, formatTime } from '../../messages/units.js';
import { STATE_SIGNS, cellsWhere, isAllSame, noteOf, type MarkedCell } from './coverage-words.js';
import { PICTURE_STYLES, pictureSection } from './coverage-picture-html.js';
import { detailRows, type DetailRow } from './detail-rows.js';
import { bar, markup, page, type Markup } from './page.js';
import { wordsIn, type Words } from './words.js';

/** The whole file. */
export function coverageHtml(coverage: Coverage, language: Language): string {
  const words = wordsIn(language);
  const { say } = words;
  const { packages, target, images, detail } = coverage;
  const title = detail ? say('coverage.title-image', { image: detail.source }) : say('coverage.title');
  const facts = [
    say('coverage.packages', { packages: packages.map(({ name }) => name).join(', ') }),
    target ? say('coverage.target', { location: target.location }) : say('coverage.no-target'),
  ];
  const body =
    images.length === 0
      ? markup`<section><p>${say('coverage.none')}</p></section>`
      : markup`${coverageSection(coverage, words)}${pictureSection(coverage, words)}${attentionSection(coverage, words)}${staleSection(coverage, words)}${detail ? detailSection(detail, words) : ''}${matrixSection(coverage, words)}`;
  const all = markup`${body}${problemsSection(coverage, words)}`;
  return page({ language, title, facts, body: all, styles: STYLES + PICTURE_STYLES });
}

function coverageSection(coverage: Coverage, { say }: Words): Markup {
  const { platforms, summary, target } = coverage;
  const items = platforms.map((platform) => {
    const { present = 0, now = 0, stale = 0, total = 0 } = summary[platform] ?? {};
    const key: TextKey = target ? 'coverage.summary' : 'coverage.summary-alone';
    const sentence = say(key, { present, now, total });
    const behind = stale > 0 ? say('coverage.summary-stale', { count: stale }) : '';
    const had = Math.min(now, present);
    const picture = bar(
      [
        { kind: 'ok', value: had },
        { kind: 'new', value: present - had },
      ],
      total,
      sentence,
    );
    return markup`<div class="platform"><h3 class="mono">${platform}</h3>${picture}<p>${sentence}${behind === '' ? '' : markup` · <span class="stale">${behind}</span>`}</p></div>
`;
  });
  const verdict = isAllSame(coverage) ? say('coverage.all-same') : target ? say('coverage.guarantee') : '';
  return markup`<section>
<h2>${say('coverage.coverage')}</h2>
<div class="platforms">
${items}</div>
${verdict === '' ? '' : markup`<p class="muted">${verdict}</p>`}
</section>
`;
}

function attentionSection(coverage: Coverage, words: Words): Markup {
  const found = cellsWhere(coverage, needsAttention);
  if (found.length === 0) return markup``;
  return list(words.say('coverage.attention', { count: found.length }), found, (one) => {
    const text = one.problem ? words.problem(one.problem) : null;
    const more = text ? markup`<br><span class="muted">${text.message} ${text.hint}</span>` : '';
    return markup`${cellMark(one.image, one.cell, words)}${more}`;
  });
}

function staleSection(coverage: Coverage, words: Words): Markup {
  const found = cellsWhere(coverage, (cell) => cell.stale);
  if (found.length === 0) return markup``;
  return list(words.say('coverage.stale', { count: found.length }), found, ({ cell }) => {
    const { version, created } = cell;
    return markup`${version}${created === null ? '' : `, ${formatTime(created, words.language)}`}`;
  });
}

function list(title: string, found: readonly MarkedCell[], what: (one: MarkedCell) => Markup): Markup {
  const rows = found.map(
    (one) =>
      markup`<tr><th scope="row" class="mono">${one.image.source}</th><td class="mono">${one.platform}</td><td>${what(one)}</td></tr>
`,
  );
  return markup`<section>
<h2>${title}</h2>
<div class="wide"><table class="list"><tbody>
${rows}</tbody></table></div>
</section>
`;
}

function matrixSection({ images, platforms, target }: Coverage, words: Words): Markup {
  const { say } = words;
  const heads = platforms.map((platform) => markup`<th scope="col" class="mono">${platform}</th>`);
  const toSend = target ? markup`<th scope="col" class="number">${say('coverage.column.to-send')}</th>` : '';
  const rows = images.map((image) => {
    const cells = platforms.map((platform) => {
      const cell = image.cells[platform];
      return markup`<td>${cell ? cellMark(image, cell, words) : ''}</td>`;
    });
    const bytes = target
      ? markup`<td class="number">${image.bytesToSend > 0 ? formatBytes(image.bytesToSend) : ''}</td>`
      : '';
    const names = [image.target, ...image.charts].filter((text) => text !== '' && text !== image.source);
    const below = names.length === 0 ? '' : markup`<br><span class="muted">${names.join(' · ')}</span>`;
    return markup`<tr><th scope="row"><span class="mono">${image.source}</span>${below}</th>${cells}${bytes}</tr>
`;
  });
  return markup`<section>
<h2>${say('coverage.images', { count: images.length })}</h2>
<div class="wide"><table class="matrix"><thead><tr><th scope="col">${say('coverage.column.image')}</th>${heads}${toSend}</tr></thead><tbody>
${rows}</tbody></table></div>
${legend(images, words)}</section>
`;
}

function cellMark(image: CoverageImage, cell: CoverageCell, { say }: Words): Markup {
  const { state, stale, version, bytes } = cell;
  const note = noteOf(image, cell, say) || (bytes > 0 ? formatBytes(bytes) : '');
  const quiet = state === 'missing' && !needsAttention(cell) ? ' quiet' : '';
  const behind = stale ? markup` <span class="stale">${say('coverage.note.stale', { version })}</span>` : '';
  return markup`<span class="state ${state}${quiet}"><span aria-hidden="true">${STATE_SIGNS[state]}</span> ${say(`coverage.state.${state}`)}${note === '' ? '' : markup` <span class="note">${note}</span>`}</span>${behind}`;
}

/** Explains only the states that occur in the table. */
function legend(images: readonly CoverageImage[], { say }: Words): Markup {
  const cells = images.flatMap((image) => Object.values(image.cells));
  const states = new Set(cells.map(({ state }) => state));
  const items = [...states].map(
    (state) =>
      markup`<li><span class="state ${state}"><span aria-hidden="true">${STATE_SIGNS[state]}</span> ${say(`coverage.state.${state}`)}</span> ${say(`coverage.explain.${state}`)}</li>
`,
  );
  return markup`<ul class="legend">
${items}${cells.some(({ stale }) => stale) ? markup`<li>${say('coverage.explain.stale')}</li>` : ''}
</ul>
`;
}

function detailSection(detail: ImageDetail, words: Words): Markup {
  const { say, language } = words;
  const heads = detail.variants.map(
    ({ from, platform }) =>
      markup`<th scope="col"><span class="mono">${platform}</span><br>${from === 'target' ? say('coverage.detail.in-target') : from}</th>`,
  );
  const rows = detailRows(detail, language).map((row) => detailRow(row, words));
  return markup`<section>
<h2>${detail.source}</h2>
${detail.target === '' || detail.target === detail.source ? '' : markup`<p class="fact mono">${detail.target}</p>`}
<div class="wide"><table class="detail"><thead><tr><th></th>${heads}</tr></thead><tbody>
${rows}</tbody></table></div>
</section>
`;
}

function detailRow({ label, differs, cells }: DetailRow, { say }: Words): Markup {
  const marked = differs ? markup` <span class="note">${say('coverage.detail.differs')}</span>` : '';
  const columns = cells.map((lines) => {
    const shown = lines.map(
      (line) => markup`<div>${line.differs ? markup`<mark>${line.text}</mark>` : line.text}</div>`,
    );
    return markup`<td class="mono">${shown}</td>`;
  });
  return markup`<tr class="${differs ? 'differs' : 'equal'}"><th scope="row">${label}${marked}</th>${columns}</tr>
`;
}

function problemsSection({ problems }: Coverage, words: Words): Markup {
  if (problems.length === 0) return markup``;
  const items = problems.map((problem) => {
    const { message, hint } = words.problem(problem);
    return markup`<li>${message}<br><span class="muted">${hint}</span></li>
`;
  });
  return markup`<section>
<h2>${words.say('coverage.problems', { count: problems.length })}</h2>
<ul>
${items}</ul>
</section>
`;
}

const STYLES = `.platforms { display: flex; flex-wrap: wrap; gap: 24px; }
.platform { flex: 1 1 240px; }
.platform h3 { margin: 0 0 4px; font-weight: 600; }
.platform p { margin: 4px 0 0; }
.state { display: inline-block; padding: 1px 6px; border: 1px solid transparent; border-radius: 4px; white-space: nowrap; }
.state.same, .state.not-used, .state.quiet { color: var(--same); }
.state.keep { color: var(--keep); background: var(--keep-bg); }
.state.add { color: var(--add); background: var(--add-bg); }
.state.replace { color: var(--replace); background: var(--replace-bg); }
.state.conflict { color: var(--conflict); background: var(--conflict-bg); border-color: currentColor; }
.state.missing:not(.quiet) { color: var(--missing); border: 1px dashed currentColor; }
.state.mislabelled { color: var(--mislabelled); background: var(--mislabelled-bg); border-color: currentColor; }
.state.unreadable { color: var(--missing); border: 1px dashed currentColor; }
.note { font-size: 12px; }
.stale { color: var(--conflict); font-weight: 600; white-space: nowrap; }
.list .mono { overflow-wrap: normal; white-space: nowrap; }
.list td:last-child { width: 100%; }
.legend { margin: 12px 0 0; padding: 0; list-style: none; columns: 2; color: var(--muted); }
.detail th .note { color: var(--conflict); }
.detail tr.differs > th { border-left: 3px solid var(--conflict); color: var(--text); }
mark { background: var(--conflict-bg); color: var(--conflict); text-decoration: underline; }
@media print { .state { white-space: normal; } }
`;
