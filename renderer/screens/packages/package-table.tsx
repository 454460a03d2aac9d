// The packages of one place as rows. Space chooses, the arrow keys move over all tables of the screen, Enter shows details.
import type { KeyboardEvent } from 'react';
import { useText } from '../../i18n/i18n.js';
import { classes } from '../../parts/classes.js';
import { useVirtualRows } from '../../parts/lists/use-virtual-rows.js';
import { usePackages } from '../../stores/packages/packages.js';
import { PackageRow } from './package-row.js';
import css from './packages.module.css';

/** Pixels; the height in the style sheet. */
const ROW = 34;

interface PackageTableProps {
  readonly label: string;
  readonly paths: readonly string[];
  /** Files that are no packages; they are shown dimmed. */
  readonly others?: readonly string[];
  /** False where another table with the same columns is right above. */
  readonly head?: boolean;
}

export function PackageTable({ label, paths, others = [], head = true }: PackageTableProps) {
  const text = useText();
  const focused = usePackages((state) => state.focused);
  const all = [...paths, ...others];
  const virtual = useVirtualRows<HTMLTableElement>(all.length, ROW);
  return (
    <table
      ref={virtual.table}
      className={css.table}
      role="grid"
      aria-label={label}
      aria-multiselectable="true"
      aria-rowcount={all.length + 1}
      onKeyDown={walk}
    >
      <colgroup>
        <col className={css.tickColumn} />
        <col />
        <col className={css.versionColumn} />
        <col className={css.platformColumn} />
        <col className={css.sizeColumn} />
        <col className={css.checkColumn} />
      </colgroup>
      <thead className={head ? undefined : 'unseen'}>
        <tr>
          <th className={css.tick}>
            <span className="unseen">{text('packages.column.chosen')}</span>
          </th>
          <th>{text('packages.column.name')}</th>
          <th>{text('packages.column.version')}</th>
          <th>{text('packages.column.platform')}</th>
          <th className={classes(css.right)}>{text('packages.column.size')}</th>
          <th>SHA-512</th>
        </tr>
      </thead>
      <tbody>
        {virtual.before > 0 && <tr aria-hidden="true" style={{ height: virtual.before }} />}
        {virtual.rows.map((index) => {
          const path = all[index] ?? '';
          return (
            <PackageRow
              key={path}
              path={path}
              supported={index < paths.length}
              // Tab reaches one row of each table, the arrow keys reach the others.
              reachable={all.includes(focused ?? '') ? path === focused : index === 0}
            />
          );
        })}
        {virtual.after > 0 && <tr aria-hidden="true" style={{ height: virtual.after }} />}
      </tbody>
    </table>
  );
}

function walk(event: KeyboardEvent<HTMLTableElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const end = { Home: 0, End: -1 }[event.key];
  const row = document.activeElement?.closest<HTMLElement>('[data-package-row]');
  if ((step === undefined && end === undefined) || !row) return;
  event.preventDefault();
  const rows = [...document.querySelectorAll<HTMLElement>('[data-package-row]')];
  const next = step === undefined ? rows.at(end ?? 0) : rows[rows.indexOf(row) + step];
  next?.focus();
}
