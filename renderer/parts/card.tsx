// A card with a heading, a note in a muted colour, actions at the right and a body.
import { useId, type ReactNode } from 'react';
import css from './card.module.css';
import { classes } from './classes.js';
import type { Icon } from './status-words.js';

interface CardProps {
  readonly icon?: Icon;
  readonly title: ReactNode;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  /** Padding around the children; tables and lists have their own. */
  readonly padded?: boolean;
  readonly className?: string | undefined;
  readonly children?: ReactNode;
}

export function Card({ icon: Mark, title, note, actions, padded = false, className, children }: CardProps) {
  const id = useId();
  return (
    <section className={classes(css.card, className)} aria-labelledby={id}>
      <div className={css.head}>
        {Mark && <Mark size={16} stroke={1.75} className={css.icon} />}
        <h2 id={id} className="cut">
          {title}
        </h2>
        {note !== undefined && <span className={css.note}>{note}</span>}
        {actions !== undefined && <span className={css.actions}>{actions}</span>}
      </div>
      {children !== undefined && (padded ? <div className={css.body}>{children}</div> : children)}
    </section>
  );
}

export function Tag({ children, tone }: { readonly children: ReactNode; readonly tone?: 'conflict' }) {
  return (
    <span className={css.tag} data-tone={tone}>
      {children}
    </span>
  );
}
