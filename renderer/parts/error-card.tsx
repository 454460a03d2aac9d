// A problem as a card: what happened, where, what to do, and details to copy.
import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Problem } from '../../core/contract.js';
import { useText } from '../i18n/i18n.js';
import { useProblemWords } from '../i18n/problem-words.js';
import { helpOf, useHelp } from '../stores/help.js';
import { Tag } from './card.js';
import { classes } from './classes.js';
import { CopyButton } from './copy-button.js';
import css from './error-card.module.css';
import { RemedyButton } from './remedy/remedy-button.js';

interface ErrorCardProps {
  readonly problem: Problem;
  /** How many further items have the same problem. */
  readonly more?: number;
  /** A sentence about what was kept. */
  readonly kept?: string;
  /** True while it is tried again without the person. */
  readonly trying?: boolean;
  /** At most two buttons; the first one repairs the problem. Absent: the one that the problem leads to. */
  readonly actions?: ReactNode;
  /** True where a screen reader announces the card at once; set for the first card of a group only. */
  readonly alert?: boolean;
}

export function ErrorCard({
  problem,
  more = 0,
  kept,
  trying = false,
  actions,
  alert = false,
}: ErrorCardProps) {
  const text = useText();
  const words = useProblemWords()(problem);
  const [open, setOpen] = useState(false);
  const details = [`${text('problem.code')}: ${problem.code}`]
    .concat(Object.entries(problem.params).map(([name, value]) => `${name}: ${value}`))
    .join('\n');
  return (
    <div className={classes(css.card, trying && css.trying)} {...(alert ? { role: 'alert' } : {})}>
      <div className={css.head}>
        <h3 className={css.title}>{words.title}</h3>
        <Tag>{words.place}</Tag>
      </div>
      <p className={css.text}>{words.message}</p>
      {more > 0 && <p className={css.remedy}>{text('problem.more', { count: more })}</p>}
      {words.hint !== '' && (
        <p className={css.remedy}>
          <b>{text('problem.whatToDo')}</b> {words.hint}
        </p>
      )}
      {kept !== undefined && <p className={css.remedy}>{kept}</p>}
      <div className={css.actions}>
        {actions ?? <RemedyButton problem={problem} />}
        <Button variant="subtle" size="compact-xs" aria-expanded={open} onClick={() => setOpen(!open)}>
          {text('problem.details')}
        </Button>
        {open && <CopyButton value={`${words.message}\n${details}`} />}
        {open && (
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => useHelp.getState().open(helpOf(problem.code))}
          >
            {text('problem.help')}
          </Button>
        )}
      </div>
      {open && <div className={css.details}>{details}</div>}
    </div>
  );
}
