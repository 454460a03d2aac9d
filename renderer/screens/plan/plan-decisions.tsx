// The decisions where the target holds other content: keep it, replace it, or leave the tag alone; one by one or for all.
import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { Decision, Plan, PlanImage } from '../../../core/contract.js';
import { useFormat, useText, type TextKey } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { IconAlertTriangle } from '../../parts/icons.js';
import { LongList } from '../../parts/lists/long-list.js';
import { reasonWords } from '../../parts/reason-words.js';
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
  const { decide } = usePlan.getState();
  const [open, setOpen] = useState(false);
  const images = openImages(plan);
  const charts = openCharts(plan);
  const routine = images.filter((image) => !isConflict(image));
  if (images.length + charts.length === 0) return null;
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
      <LongList items={images.filter(isConflict)} keyOf={imageKey} label={text('plan.decisions')}>
        {(image) => <ImageDecision image={image} />}
      </LongList>
      <LongList items={charts} keyOf={chartKey} label={text('plan.way.charts')}>
        {(chart) => (
          <div className={css.decision}>
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
        )}
      </LongList>
      {routine.length > 0 && (
        <>
          <div className={css.decision}>
            <div className="cut">
              <div>{text('plan.routine', { count: routine.length })}</div>
              <div className="small muted">{text('plan.routineText')}</div>
            </div>
            <Button variant="subtle" size="compact-xs" aria-expanded={open} onClick={() => setOpen(!open)}>
              {text('plan.list', { count: routine.length })}
            </Button>
          </div>
          {open && (
            <LongList
              items={routine}
              keyOf={imageKey}
              label={text('plan.routine', { count: routine.length })}
            >
              {(image) => <ImageDecision image={image} />}
            </LongList>
          )}
        </>
      )}
    </Card>
  );
}

/** True for a row that waits for the person, or that the person decided otherwise than the plan alone would. */
function isConflict({ action, decision }: PlanImage): boolean {
  return action !== 'replace' || decision !== 'replace';
}

function ImageDecision({ image }: { readonly image: PlanImage }) {
  const text = useText();
  const format = useFormat();
  const { decide } = usePlan.getState();
  const why = reasonWords(image.reason);
  return (
    <div className={css.decision}>
      <div className="cut">
        <div className="cut">
          <span className="mono">{image.target}</span>{' '}
          <span className="mono muted">{platformName(image)}</span>
        </div>
        <div className="small muted">
          {format.clauses([
            ...(why === null ? [] : [text(why)]),
            ...(image.created === null ? [] : [text('plan.built', { date: format.date(image.created) })]),
          ])}
        </div>
      </div>
      <Choice
        label={`${image.target} ${platformName(image)}`}
        value={image.decision}
        onChange={(decision) => decide([imageKey(image)], decision)}
      />
    </div>
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
