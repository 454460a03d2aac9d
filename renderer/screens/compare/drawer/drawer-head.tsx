// Top of the drawer: state, chart, name, the cause in a sentence, claim beside finding, and the way to the next image.
import { ActionIcon, Button } from '@mantine/core';
import type { Coverage, CoverageCell } from '../../../../core/contract.js';
import { listNames, useText } from '../../../i18n/i18n.js';
import { CopyButton } from '../../../parts/copy-button.js';
import { IconTag, IconX } from '../../../parts/icons.js';
import { CELL_STATES } from '../../../parts/status-words.js';
import { Status, Toned } from '../../../parts/status.js';
import { causeOf } from '../../../stores/compare/cell-cause.js';
import type { OpenImage } from '../../../stores/compare/compare.js';
import { chartParts } from '../../../stores/compare/compare-rows.js';
import { decidedCell, openDecisions } from '../../../stores/compare/decided-cells.js';
import { usePlan } from '../../../stores/plan/plan.js';
import css from './drawer.module.css';
import type { Walk } from '../../../stores/compare/walk.js';

interface DrawerHeadProps {
  readonly coverage: Coverage;
  readonly opened: OpenImage;
  readonly walk: Walk;
  readonly onGo: (step: 1 | -1) => void;
  readonly onClose: () => void;
}

export function DrawerHead({ coverage, opened, walk, onGo, onClose }: DrawerHeadProps) {
  const text = useText();
  const decisions = usePlan((state) => state.decisions);
  const { image, platform } = opened;
  const written = image.cells[platform];
  const cell = written && decidedCell(written, openDecisions(coverage)(image, platform), decisions);
  const place = { at: walk.at + 1, total: walk.steps.length };
  return (
    <div className={css.head}>
      <div className={css.headLine}>
        {cell && <Status of={CELL_STATES[cell.state]} chip />}
        <span className="small muted cut">{listNames(image.charts.map(chartWords))}</span>
        <span className={css.walk}>
          {walk.at >= 0 && (
            <span className="small muted">
              {text(walk.attention ? 'drawer.attentionPlace' : 'drawer.place', place)}
            </span>
          )}
          <Button size="compact-sm" disabled={walk.at <= 0} onClick={() => onGo(-1)}>
            {text('drawer.previous')} <kbd className={css.key}>K</kbd>
          </Button>
          <Button
            size="compact-sm"
            disabled={walk.at < 0 || walk.at >= walk.steps.length - 1}
            onClick={() => onGo(1)}
          >
            {text('drawer.next')} <kbd className={css.key}>J</kbd>
          </Button>
          <ActionIcon variant="subtle" aria-label={text('action.close')} onClick={onClose}>
            <IconX size={16} />
          </ActionIcon>
        </span>
      </div>
      <h2 className={css.title} tabIndex={-1} data-autofocus>
        {image.source}
      </h2>
      {image.target !== '' && (
        <p className="mono muted">
          → <span>{image.target}</span>
        </p>
      )}
      {cell && (
        <p className={css.cause}>
          {text(causeOf(cell, image.before.length === 0), {
            platform,
            from: fromWords(opened, cell, platform),
          })}
          {cell.stale && ` ${text('compare.staleText', { version: cell.version })}`}
        </p>
      )}
      <ClaimAndFinding opened={opened} />
      <div className={css.copies}>
        <CopyButton
          value={image.target === '' ? image.source : image.target}
          label={text('drawer.copyReference')}
        />
        {cell !== undefined && cell.digest !== null && (
          <CopyButton value={cell.digest} label={text('drawer.copyDigest')} />
        )}
      </div>
    </div>
  );
}

/** What the config claims and what the programs are, side by side, where they do not agree. */
function ClaimAndFinding({ opened: { detail, platform } }: { readonly opened: OpenImage }) {
  const text = useText();
  const wrong = detail?.variants.find((one) => one.mislabelled && one.platform === platform);
  if (!wrong) return null;
  return (
    <p className={css.claim}>
      <span>
        <span className="small muted">{text('drawer.claim')}</span> <b className="mono">{wrong.platform}</b>
      </span>
      <span>
        <span className="small muted">{text('drawer.finding')}</span>{' '}
        <Toned icon={IconTag} tone="mislabelled">
          <b className="mono">{wrong.programs}</b>
        </Toned>
      </span>
    </p>
  );
}

function chartWords(chart: string): string {
  const { name, version } = chartParts(chart);
  return `${name} ${version}`;
}

/** The package that the sentence is about: that of the cell, or the one that brings another build. */
function fromWords({ detail }: OpenImage, { from }: CoverageCell, platform: string): string {
  if (from !== '' && from !== 'target') return from;
  const offered = detail?.variants.find((one) => one.platform === platform && one.from !== 'target');
  return offered?.from ?? '…';
}
