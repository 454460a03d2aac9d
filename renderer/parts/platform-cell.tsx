// One image on one platform: its state, then its size, or the reason where the person should look at it.
import type { ReactNode } from 'react';
import type { CellState } from '../../core/contract.js';
import { useText } from '../i18n/i18n.js';
import { classes } from './classes.js';
import css from './platform-cell.module.css';
import { CELL_STATES } from './status-words.js';

interface PlatformCellProps {
  readonly state: CellState;
  /** The size, or the reason. */
  readonly note: string;
  readonly tile?: ReactNode;
  /** True where the state is grey and not red: the image is missing, but no other package of that family was given. */
  readonly quiet?: boolean;
}

export function PlatformCell({ state, note, tile, quiet = false }: PlatformCellProps) {
  const text = useText();
  const { icon: Mark, text: word } = CELL_STATES[state];
  if (state === 'not-used')
    return (
      <span className={classes(css.cell, css[state])} title={text(word)}>
        –
      </span>
    );
  return (
    <span
      className={classes(css.cell, css[state], quiet && css.quiet)}
      title={`${text(word)} ${note}`.trim()}
    >
      <Mark size={14} stroke={2} className={css.icon} />
      <span>{text(word)}</span>
      <span className={css.note}>{note}</span>
      {tile}
    </span>
  );
}
