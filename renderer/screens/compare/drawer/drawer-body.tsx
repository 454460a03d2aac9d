// The builds of the image in three views, the choice, and what the tag serves after the import.
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { Coverage, CoverageImage } from '../../../../core/contract.js';
import { useText, type TextKey } from '../../../i18n/i18n.js';
import { ErrorCard } from '../../../parts/error-card.js';
import { CELL_STATES } from '../../../parts/status-words.js';
import { Status } from '../../../parts/status.js';
import type { OpenImage } from '../../../stores/compare/compare.js';
import { decidedImages } from '../../../stores/compare/decided-cells.js';
import { usePlan } from '../../../stores/plan/plan.js';
import { BuildsOfPlatform } from './builds-of-platform.js';
import { DrawerDecision } from './drawer-decision.js';
import css from './drawer.module.css';
import { PlatformColumns } from './platform-columns.js';
import { RawJson } from './raw-json.js';

type View = 'change' | 'across' | 'raw';

interface DrawerBodyProps {
  readonly coverage: Coverage;
  readonly opened: OpenImage;
}

export function DrawerBody({ coverage, opened }: DrawerBodyProps) {
  const text = useText();
  const [view, setView] = useState<View>('change');
  const { image, platform, detail, problem } = opened;
  const decisions = usePlan((state) => state.decisions);
  const [decided = image] = decidedImages({ ...coverage, images: [image] }, decisions);
  const views: readonly (readonly [View, TextKey])[] = [
    ['change', coverage.target === null ? 'drawer.changeAlone' : 'drawer.change'],
    ['across', 'drawer.across'],
    ['raw', 'drawer.raw'],
  ];
  return (
    <>
      <div className={css.body}>
        {problem !== null && <ErrorCard problem={problem} alert />}
        {detail === null && problem === null && <p className="muted">{text('compare.reading')}</p>}
        {detail !== null && (
          <>
            <SegmentedControl
              size="xs"
              value={view}
              aria-label={text('drawer.view')}
              onChange={(value) => setView(views.find(([id]) => id === value)?.[0] ?? 'change')}
              data={views.map(([id, key]) => ({ value: id, label: text(key) }))}
            />
            {view === 'change' && <BuildsOfPlatform image={image} detail={detail} asked={platform} />}
            {view === 'across' && <PlatformColumns image={decided} detail={detail} />}
            {view === 'raw' && <RawJson detail={detail} />}
          </>
        )}
        <DrawerDecision coverage={coverage} opened={opened} />
      </div>
      <AfterImport platforms={coverage.platforms} image={decided} />
    </>
  );
}

function AfterImport({ platforms, image }: Pick<Coverage, 'platforms'> & { readonly image: CoverageImage }) {
  const text = useText();
  return (
    <div className={css.after}>
      <h3>{text('drawer.after')}</h3>
      <ul className={css.served}>
        {platforms
          .filter((platform) => image.after.includes(platform))
          .map((platform) => {
            const state = image.cells[platform]?.state;
            return (
              <li key={platform}>
                <span className="mono">{platform}</span> {/* a conflict leaves the tag as it is */}
                {state && <Status of={CELL_STATES[state === 'conflict' ? 'keep' : state]} />}
              </li>
            );
          })}
      </ul>
      <p className="small muted">{text('compare.noneLost')}</p>
    </div>
  );
}
