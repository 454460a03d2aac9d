// The choice where the target holds another build: keep, replace or stop, for this image or for all with the same cause.
import { Checkbox, Radio } from '@mantine/core';
import { useId, useState } from 'react';
import type { Coverage, Decision } from '../../../../core/contract.js';
import { useText, type TextKey } from '../../../i18n/i18n.js';
import type { OpenImage } from '../../../stores/compare/compare.js';
import { openDecisions, sameCause } from '../../../stores/compare/decided-cells.js';
import { usePlan } from '../../../stores/plan/plan.js';
import css from './drawer.module.css';

const CHOICES: readonly (readonly [Decision, TextKey, TextKey])[] = [
  ['keep', 'plan.keep', 'drawer.whatKeep'],
  ['replace', 'plan.replace', 'drawer.whatReplace'],
  ['stop', 'plan.stop', 'drawer.whatStop'],
];

interface DrawerDecisionProps {
  readonly coverage: Coverage;
  readonly opened: OpenImage;
}

export function DrawerDecision({ coverage, opened: { image, platform, detail } }: DrawerDecisionProps) {
  const text = useText();
  const title = useId();
  const [forAll, setForAll] = useState(false);
  const decisions = usePlan((state) => state.decisions);
  const open = openDecisions(coverage)(image, platform);
  const cell = image.cells[platform];
  if (open === null || !cell) return null;
  const similar = sameCause(coverage, cell);
  const chosen = decisions[open.key] ?? open.byPolicy;
  const from =
    detail?.variants.find((one) => one.platform === platform && one.from !== 'target')?.from ?? '…';
  const decide = (decision: Decision, all: boolean): void =>
    usePlan.getState().decide(all ? similar : [open.key], decision);
  return (
    <section aria-labelledby={title}>
      <h3 id={title}>{text('drawer.what', { platform })}</h3>
      <Radio.Group
        value={chosen}
        aria-labelledby={title}
        onChange={(value) => {
          const found = CHOICES.find(([id]) => id === value);
          if (found) decide(found[0], forAll);
        }}
      >
        <div className={css.choices}>
          {CHOICES.map(([id, label, effect]) => (
            <Radio
              key={id}
              value={id}
              className={css.choice}
              data-chosen={chosen === id || undefined}
              label={text(label)}
              description={text(effect, { platform, from })}
            />
          ))}
        </div>
      </Radio.Group>
      {similar.length > 1 && (
        <Checkbox
          size="xs"
          checked={forAll}
          label={text('drawer.similar', { count: similar.length })}
          onChange={({ currentTarget }) => {
            setForAll(currentTarget.checked);
            if (currentTarget.checked) decide(chosen, true);
          }}
        />
      )}
    </section>
  );
}
