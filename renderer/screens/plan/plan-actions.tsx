// What will be done: bytes as one bar, and for each kind of outcome a row with its items.
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Plan } from '../../../core/contract.js';
import { useFormat, useText, type TextKey } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { LongList } from '../../parts/lists/long-list.js';
import { reasonWords } from '../../parts/reason-words.js';
import { SpanBar } from '../../parts/span-bar.js';
import { CELL_STATES, type StatusWord } from '../../parts/status-words.js';
import { TagsRead } from '../../parts/tags-read.js';
import { Toned } from '../../parts/status.js';
import { imageKey } from '../../stores/plan/plan-decisions.js';
import { groupsOf, type GroupFacts, type PlanGroup } from '../../stores/plan/plan-summary.js';
import { usePlan } from '../../stores/plan/plan.js';
import { platformName } from '../../stores/platform-name.js';
import css from './plan.module.css';

const GROUPS: Readonly<Record<PlanGroup, { readonly looks: StatusWord; readonly text: TextKey }>> = {
  add: { looks: CELL_STATES.add, text: 'plan.group.add' },
  replace: { looks: CELL_STATES.replace, text: 'plan.group.replace' },
  same: { looks: CELL_STATES.same, text: 'plan.group.same' },
  kept: { looks: CELL_STATES.keep, text: 'plan.group.kept' },
  'left-out': { looks: CELL_STATES.mislabelled, text: 'plan.group.leftOut' },
};

export function PlanActions({ plan }: { readonly plan: Plan }) {
  const text = useText();
  const format = useFormat();
  const groups = useMemo(() => groupsOf(plan), [plan]);
  const { bytesToSend, bytesPresent, bytesShared } = plan.needs;
  const total = bytesToSend + bytesPresent + bytesShared;
  const part = (bytes: number): number => (total === 0 ? 0 : bytes / total);
  const words = text('plan.bytes', {
    send: format.bytes(bytesToSend),
    shared: format.bytes(bytesShared),
    present: format.bytes(bytesPresent),
  });
  return (
    <Card
      title={text('plan.what')}
      actions={
        <TagsRead
          at={plan.tagsRead === '' ? plan.made : plan.tagsRead}
          onRefresh={() => void usePlan.getState().load({ fresh: true })}
        />
      }
    >
      <div className={css.bar}>
        <SpanBar
          tall
          label={words}
          spans={[
            { part: part(bytesToSend), look: 'accent' },
            { part: part(bytesShared), look: 'hatched' },
            { part: part(bytesPresent), look: 'plain' },
          ]}
        />
        <p>{words}</p>
      </div>
      {groups
        .filter(({ images }) => images.length > 0)
        .map((facts) => (
          <GroupRow key={facts.group} facts={facts} />
        ))}
    </Card>
  );
}

function GroupRow({ facts: { group, images, platforms } }: { readonly facts: GroupFacts }) {
  const text = useText();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const { looks, text: label } = GROUPS[group];
  return (
    <div className={css.group}>
      <div className={css.groupLine}>
        <Toned icon={looks.icon} tone={looks.tone}>
          {text(label)}
        </Toned>
        <span className="muted cut">
          {text('plan.entries', {
            entries: format.list(platforms.map(([platform, count]) => `${format.count(count)} ${platform}`)),
          })}
        </span>
        <Button variant="subtle" size="compact-xs" aria-expanded={open} onClick={() => setOpen(!open)}>
          {text('plan.list', { count: images.length })}
        </Button>
      </div>
      {open && (
        <LongList
          items={images}
          keyOf={imageKey}
          label={text(label)}
          className={css.list}
          scrolls
          rowHeight={22}
        >
          {(image) => {
            const words = reasonWords(image.reason);
            return (
              <div className="cut" title={image.target}>
                <span className="mono">{image.target}</span>{' '}
                <span className="mono muted">{platformName(image)}</span>{' '}
                <span className="small muted">{words === null ? '' : text(words)}</span>
              </div>
            );
          }}
        </LongList>
      )}
    </div>
  );
}
