// The figures of a report are the same numbers on the app's screen and in the saved page.
import { expect, it } from 'vitest';
import { reportFigures } from '../../core/contract.js';
import { renderReport } from '../../core/report/render/render-report.js';
import { chartOf, imageOf, reportOf, tagOf } from '../cli/values.js';

const BOTH = ['linux/amd64', 'linux/arm64'];

it('count a tag, a platform and a chart once, and a conflict as not done', () => {
  const report = reportOf({
    images: [
      imageOf({ target: 'q/a:1', action: 'add', after: tagOf(BOTH) }),
      imageOf({ target: 'q/a:1', platform: 'linux/arm64', action: 'skip', after: tagOf(BOTH) }),
      imageOf({ target: 'q/b:1', action: 'conflict', after: tagOf(BOTH) }),
      imageOf({ target: 'q/c:1', action: 'failed', after: null }),
    ],
    charts: [chartOf({ action: 'publish' }), chartOf({ name: 'other', action: 'conflict' })],
  });
  expect(reportFigures(report)).toEqual({
    ...{ tags: 3, tagsAsAsked: 1, tagsProven: null, entries: 4 },
    ...{ charts: 2, chartsAsAsked: 1, imagesWithGaps: 1 },
  });
  const page = renderReport([report], { format: 'html', language: 'en' });
  expect(page).toMatch(
    /tags are as asked<\/dt><dd>1 of 3<.*platform entries<\/dt><dd>4<.*charts are as asked<\/dt><dd>1 of 2</s,
  );
});
