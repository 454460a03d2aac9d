// The content of an empty list: what will be here, and a button that leads to it.
import type { ReactNode } from 'react';
import css from './empty-state.module.css';
import type { Icon } from './status-words.js';

interface EmptyStateProps {
  readonly icon: Icon;
  readonly title: string;
  readonly text?: ReactNode;
  readonly actions?: ReactNode;
}

export function EmptyState({ icon: Mark, title, text, actions }: EmptyStateProps) {
  return (
    <div className={css.empty}>
      <Mark size={28} stroke={1.5} />
      <h2 className={css.title}>{title}</h2>
      {text !== undefined && <p className={css.text}>{text}</p>}
      {actions !== undefined && <div className={css.actions}>{actions}</div>}
    </div>
  );
}
