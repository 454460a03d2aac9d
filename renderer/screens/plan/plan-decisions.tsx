// The decisions where the target holds other content: keep it, replace it, or leave the tag alone; one by one or for all.
import { SegmentedControl } from '@mantine/core';
import type { Decision, Plan } from '../../../core/contract.js';
import { useFormat, useText, type TextKey } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { IconAlertTriangle } from '../../parts/icons.js';
import { reasonWords } from '../../parts/reason-words.js';
import { CELL_STATES } from '../../parts/status-words.js';
import { Status } from '../../parts/status.js';
import { chartKey, imageKey, openCharts, openImages } from '../../stores/plan/plan-decisions.js';
import { usePlan } from '../../stores/plan/plan.js';
import { platformName } from '../../stores/platform-name.js';
import css from './plan.module.css';

const CHOICES: readonly (readonly [Decision, TextKey])[] = [
  ['keep', 'plan.keepShort'],
  ['replace', 'plan.replaceShort'],
  ['stop', 'plan.stopShort'],
];

export function PlanDecisions({ plan }: { readonly plan: Plan }) {
  const text = useText();
  const format = useFormat();
  const { decide } = usePlan.getState();
  const images = openImages(plan);
  const charts = openCharts(plan);
  const blocked = plan.images.filter(({ action, problem }) => action === 'blocked' && problem !== null);
  if (images.length + charts.length + blocked.length === 0) return null;
  const conflicts = images.filter(({ action }) => action === 'conflict').map(imageKey);
  return (
    <Card
      icon={IconAlertTriangle}
      title={text('plan.decisions')}
      note={text('plan.decisionsNote')}
      actions={
        conflicts.length > 1 && (
          <>
            <span className="small muted">{text('plan.forAll')}</span>
            <Choice
              label={text('plan.forAll')}
              value={null}
              onChange={(decision) => decide(conflicts, decision)}
            />
          </>
        )
      }
    >
      {images.map((image) => {
        const words = reasonWords(image.reason);
        return (
          <div key={imageKey(image)} className={css.decision}>
            <div className="cut">
              <div className="cut">
                <span className="mono">{image.target}</span>{' '}
                <span className="mono muted">{platformName(image)}</span>
              </div>
              <div className="small muted">
                {words === null ? '' : text(words)}
                {image.created !== null && `, ${text('plan.built', { date: format.date(image.created) })}`}
              </div>
            </div>
            <Choice
              label={`${image.target} ${platformName(image)}`}
              value={image.decision}
              onChange={(decision) => decide([imageKey(image)], decision)}
            />
          </div>
        );
      })}
      {charts.map((chart) => (
        <div key={chartKey(chart)} className={css.decision}>
          <div className="cut">
            <b>{chart.name}</b> <span className="mono muted">{chart.version}</span>
            <div className="small muted cut">{text('plan.chartDiffers', { url: chart.url })}</div>
          </div>
          <Choice
            label={`${chart.name} ${chart.version}`}
            value={chart.decision}
            onChange={(decision) => decide([chartKey(chart)], decision)}
          />
        </div>
      ))}
      {blocked.map((image) => (
        <div key={`blocked ${imageKey(image)}`} className={css.decision}>
          <div className="cut">
            <div className="cut">
              <span className="mono">{image.target}</span>{' '}
              <span className="mono muted">{platformName(image)}</span>
            </div>
            <div className="small muted">{image.problem?.message}</div>
          </div>
          <Status of={image.reason === 'mislabelled' ? CELL_STATES.mislabelled : CELL_STATES.unreadable}>
            {text('plan.leftOut')}
          </Status>
        </div>
      ))}
    </Card>
  );
}

interface ChoiceProps {
  readonly label: string;
  /** The chosen decision; null when none is chosen or the buttons are for several rows. */
  readonly value: Decision | null;
  readonly onChange: (decision: Decision) => void;
}

function Choice({ label, value, onChange }: ChoiceProps) {
  const text = useText();
  return (
    <SegmentedControl
      size="xs"
      aria-label={label}
      value={value ?? ''}
      onChange={(chosen) => {
        const found = CHOICES.find(([id]) => id === chosen);
        if (found) onChange(found[0]);
      }}
      data={CHOICES.map(([id, key]) => ({ value: id, label: text(key) }))}
    />
  );
}
