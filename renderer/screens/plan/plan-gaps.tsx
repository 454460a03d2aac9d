// The images that will lack a platform after the import, each once with its cause, as the report will list them.
import { gapsOf, imagesWithGaps } from '../../../core/contract.js';
import type { Plan } from '../../../core/contract.js';
import { useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { IconAlertTriangle } from '../../parts/icons.js';
import { LongList } from '../../parts/lists/long-list.js';
import { useToDoWords } from '../../parts/to-do-words.js';
import { toDoOfGap } from '../../stores/report-rows.js';
import css from './plan.module.css';

export function PlanGaps({ plan }: { readonly plan: Plan }) {
  const text = useText();
  const wordsOf = useToDoWords();
  const gaps = gapsOf(plan);
  if (gaps.length === 0) return null;
  const title = text('plan.incomplete', { count: imagesWithGaps(gaps) });
  return (
    <Card icon={IconAlertTriangle} title={title} note={text('plan.gapsNote')}>
      <LongList items={gaps.map(toDoOfGap)} keyOf={({ what }) => what} label={title}>
        {(entry) => {
          const { message, hint } = wordsOf(entry);
          return (
            <div className={css.gap}>
              <div className="mono cut">{entry.what}</div>
              <div className="small muted">
                {message} {hint}
              </div>
            </div>
          );
        }}
      </LongList>
    </Card>
  );
}
