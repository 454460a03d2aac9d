// One setting: name and meaning on the left, its control on the right.
import type { ReactNode } from 'react';
import css from './settings.module.css';

interface SettingRowProps {
  readonly name: string;
  readonly text?: string | undefined;
  /** The control. It has its own accessible name. */
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
