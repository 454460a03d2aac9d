// Fields of builds in columns. Rows with differences come first and are also marked in words; what is equal can be folded away.
import type { ReactNode } from 'react';
import { shortDigest } from '../../../format.js';
import { useFormat, useText, type TextKey } from '../../../i18n/i18n.js';
import { classes } from '../../../parts/classes.js';
import type { ComparedField, Line } from '../../../stores/compare/image-differences.js';
import css from './drawer.module.css';

const LABELS: Readonly<Record<ComparedField, TextKey>> = {
  digest: 'detail.digest',
  version: 'detail.version',
  created: 'detail.created',
  bytes: 'detail.bytes',
  entrypoint: 'detail.entrypoint',
  command: 'detail.command',
  env: 'detail.env',
  labels: 'detail.labels',
  user: 'detail.user',
  workingDir: 'detail.workingDir',
  ports: 'detail.ports',
  programs: 'detail.programs',
  mediaType: 'detail.mediaType',
  config: 'detail.config',
};

export interface FieldRow {
  readonly field: ComparedField;
  readonly differs: boolean;
  /** One for each head. */
  readonly cells: readonly (readonly Line[])[];
}

interface FieldTableProps {
  readonly heads: readonly ReactNode[];
  readonly rows: readonly FieldRow[];
  readonly everything: boolean;
}

export function FieldTable({ heads, rows, everything }: FieldTableProps) {
  const text = useText();
  const shown = everything ? rows : rows.filter(({ differs }) => differs);
  const folded = rows.length - shown.length;
  return (
    <div className={css.table} tabIndex={0} role="group" aria-label={text('detail.title')}>
      <table>
        <thead>
          <tr>
            <td />
            {heads.map((head, at) => (
              <th key={at} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ field, differs, cells }) => (
            <tr key={field} data-differs={differs || undefined}>
              <th scope="row">
                {text(LABELS[field])}
                {differs && <span className="small">{text('detail.differs')}</span>}
              </th>
              {cells.map((lines, at) => (
                <td key={at} className={css.value}>
                  <Lines field={field} lines={lines} everything={everything} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {folded > 0 && (
          <tfoot>
            <tr>
              <td colSpan={heads.length + 1} className="small muted">
                {text('drawer.equalFields', { count: folded })}
              </td>
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

function Lines({
  field,
  lines,
  everything,
}: {
  readonly field: ComparedField;
  readonly lines: readonly Line[];
  readonly everything: boolean;
}) {
  const text = useText();
  if (lines.length === 0) return '–';
  const shown = everything || lines.length === 1 ? lines : lines.filter(({ change }) => change !== 'same');
  const folded = lines.length - shown.length;
  return (
    <>
      {shown.map((line, at) => (
        <div key={at} className={css.line}>
          <LineText field={field} line={line} />
        </div>
      ))}
      {folded > 0 && <div className="small muted">{text('drawer.equalLines', { count: folded })}</div>}
    </>
  );
}

function LineText({ field, line }: { readonly field: ComparedField; readonly line: Line }) {
  const format = useFormat();
  const whole = line.parts.map(({ text }) => text).join('');
  const marked = line.change !== 'same';
  switch (field) {
    case 'digest':
    case 'config':
      return (
        <span className={classes('mono', marked && css.different)} title={whole}>
          {shortDigest(whole)}
        </span>
      );
    case 'bytes':
      return <span className={classes(marked && css.different)}>{format.bytes(Number(whole))}</span>;
    case 'created':
      return <span className={classes(marked && css.different)}>{format.dateTime(whole)}</span>;
    default:
      return (
        <span className="mono">
          {line.parts.map(({ text, differs }, at) =>
            differs ? (
              <mark key={at} className={css.different}>
                {text}
              </mark>
            ) : (
              <span key={at}>{text}</span>
            ),
          )}
        </span>
      );
  }
}
