// One setting: its name and what it means on the left, its control on the right.
import type { ReactNode } from 'react';
import css from './settings.module.css';

interface SettingRowProps {
  readonly name: string;
  readonly text?: string | undefined;
  /** The control; it names itself for those who do not see the row. */
  readonly children: ReactNode;
}

export function SettingRow({ name, text, children }: SettingRowProps) {
  return (
    <div className={css.row}>
      <div>
        <div className={css.name}>{name}</div>
        {text !== undefined && <div className="small muted">{text}</div>}
      </div>
      <div className={css.control}>{children}</div>
    </div>
  );
}
