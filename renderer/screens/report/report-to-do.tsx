// What is left to do: each tag or chart with its cause and the next action. Shown after successful runs too.
import type { Report } from '../../../core/contract.js';
import { useText } from '../../i18n/i18n.js';
import { Card, Tag } from '../../parts/card.js';
import { IconAlertTriangle, IconCheck } from '../../parts/icons.js';
import { useToDoWords } from '../../parts/to-do-words.js';
import { toDos } from '../../stores/report-rows.js';
import css from './report.module.css';

const SHOWN = 50;

export function ReportToDo({ report }: { readonly report: Report }) {
  const text = useText();
  const wordsOf = useToDoWords();
  const entries = toDos(report);
  if (entries.length === 0)
    return <Card icon={IconCheck} title={text('report.nothingToDo')} note={text('report.nothingToDoNote')} />;
  return (
    <Card
      icon={IconAlertTriangle}
      title={text('report.toDo')}
      className={css.toDo}
      actions={<Tag tone="conflict">{entries.length}</Tag>}
    >
      <ul className={css.toDoList} tabIndex={0} aria-label={text('report.toDo')}>
        {entries.slice(0, SHOWN).map((entry, index) => {
          const { what, problem, reason } = entry;
          const { message, hint } = wordsOf(entry);
          return (
            <li key={`${what} ${problem?.code ?? reason} ${String(index)}`}>
              {what !== '' && <div className="mono">{what}</div>}
              <div className="small">{message}</div>
              <div className="small muted">{hint}</div>
            </li>
          );
        })}
        {entries.length > SHOWN && (
          <li className="muted">{text('report.more', { count: entries.length - SHOWN })}</li>
        )}
      </ul>
    </Card>
  );
}
