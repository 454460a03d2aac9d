// The picture of the whole in the HTML page of a comparison: for each platform a strip of all images now and one after the import.
import { coveragePicture, type PictureRun, type PictureState } from '../../contract.js';
import type { Coverage } from '../../contract.js';
import type { TextKey } from '../../messages/catalog.js';
import { markup, type Markup } from './page.js';
import type { Words } from './words.js';

const STATES: Readonly<Record<PictureState, TextKey>> = {
  served: 'coverage.picture.served',
  new: 'coverage.picture.new',
  changed: 'coverage.picture.changed',
  conflict: 'coverage.state.conflict',
  missing: 'coverage.state.missing',
  mislabelled: 'coverage.state.mislabelled',
  unreadable: 'coverage.state.unreadable',
  absent: 'coverage.picture.absent',
};
/** Lines in the middle of the strips would hide narrow charts. */
const WIDTH = 1000;
const HEIGHT = 12;

/** A section with one strip for each platform and time; empty where there is no target to compare with. */
export function pictureSection(coverage: Coverage, { say }: Words): Markup {
  if (coverage.target === null) return markup``;
  const charts = coveragePicture(coverage, 'images');
  const strip = (platform: string, when: 'now' | 'after'): Markup => {
    const shapes = charts.flatMap(({ chart, at, size, strips }) => {
      const runs = strips.find((one) => one.platform === platform)?.[when] ?? [];
      return runs.map((run) =>
        shape(run, at, size, `${chart} · ${say(STATES[run.state])}: ${String(run.images)}`),
      );
    });
    const label = `${platform}, ${say(when === 'now' ? 'coverage.picture.now' : 'coverage.picture.after')}`;
    return markup`<tr><th scope="row"><span class="mono">${platform}</span> ${say(when === 'now' ? 'coverage.picture.now' : 'coverage.picture.after')}</th><td><svg class="strip" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">${shapes}</svg></td></tr>
`;
  };
  const rows = coverage.platforms.flatMap((platform) => [strip(platform, 'now'), strip(platform, 'after')]);
  const shown = new Set(
    charts.flatMap(({ strips }) =>
      strips.flatMap(({ now, after }) => [...now, ...after].map(({ state }) => state)),
    ),
  );
  const legend = [...shown].map(
    (
      state,
    ) => markup`<li><svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect class="${state}" width="10" height="10"/></svg> ${say(STATES[state])}</li>
`,
  );
  return markup`<section>
<h2>${say('coverage.picture')}</h2>
<table class="picture"><tbody>
${rows}</tbody></table>
<ul class="legend swatches">
${legend}</ul>
</section>
`;
}

function shape({ state, at, size }: PictureRun, begin: number, width: number, title: string): Markup {
  const x = (WIDTH * (begin + at * width)).toFixed(2);
  return markup`<rect class="${state}" x="${x}" y="0" width="${(WIDTH * width * size).toFixed(2)}" height="${HEIGHT}"><title>${title}</title></rect>`;
}

export const PICTURE_STYLES = `.picture th { width: 1%; white-space: nowrap; }
.strip { display: block; width: 100%; height: 14px; }
.swatch { width: 10px; height: 10px; }
.swatches { columns: auto; display: flex; flex-wrap: wrap; gap: 4px 18px; }
rect.served { fill: var(--keep); } rect.new { fill: var(--add); } rect.changed { fill: var(--replace); }
rect.conflict { fill: var(--conflict); } rect.missing { fill: var(--missing); } rect.mislabelled { fill: var(--mislabelled); }
rect.unreadable { fill: var(--error); } rect.absent { fill: var(--track); }
`;
