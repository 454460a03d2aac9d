// A state as icon, word and tone, so that it does not depend on colour alone.
import type { ReactNode } from 'react';
import { useText } from '../i18n/i18n.js';
import { classes } from './classes.js';
import type { Icon, StatusWord, Tone } from './status-words.js';
import css from './status.module.css';

interface StatusProps {
  readonly of: StatusWord;
  /** Replaces the state's own word. */
  readonly children?: ReactNode;
  readonly chip?: boolean;
}

export function Status({ of, children, chip = false }: StatusProps) {
  const text = useText();
  return (
    <Toned icon={of.icon} tone={of.tone} chip={chip}>
      {children ?? text(of.text)}
    </Toned>
  );
}

interface TonedProps {
  readonly icon?: Icon;
  readonly tone: Tone;
  readonly chip?: boolean;
  readonly children: ReactNode;
}

/** A text with an icon in a tone, for what is not one of the states. */
export function Toned({ icon: Mark, tone, chip = false, children }: TonedProps) {
  return (
    <span className={classes(css.status, css[tone], chip && css.chip)}>
      {Mark && <Mark size={14} stroke={2} className={css.icon} />}
      <span className={css.word}>{children}</span>
    </span>
  );
}
