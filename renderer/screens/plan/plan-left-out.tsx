// What the import leaves out although the platform does not lack: there is nothing to decide, and the list of gaps does not tell it.
import { gapsOf, plainPlatform } from '../../../core/contract.js';
import type { Plan } from '../../../core/contract.js';
import { useText } from '../../i18n/i18n.js';
import { useProblemWords } from '../../i18n/problem-words.js';
import { Card } from '../../parts/card.js';
import { IconAlertTriangle } from '../../parts/icons.js';
import { LongList } from '../../parts/lists/long-list.js';
import { CELL_STATES } from '../../parts/status-words.js';
import { Status } from '../../parts/status.js';
import { imageKey } from '../../stores/plan/plan-decisions.js';
import { platformName } from '../../stores/platform-name.js';
import css from './plan.module.css';

export function PlanLeftOut({ plan }: { readonly plan: Plan }) {
  const text = useText();
  const words = useProblemWords();
  const told = new Set(gapsOf(plan).map(({ image, platform }) => `${image} ${plainPlatform(platform)}`));
  const blocked = plan.images.filter(
    (image) =>
      image.action === 'blocked' &&
      image.problem !== null &&
      !told.has(`${image.target} ${plainPlatform(platformName(image))}`),
  );
  if (blocked.length === 0) return null;
  return (
    <Card icon={IconAlertTriangle} title={text('plan.leftOut')} note={text('plan.decisionsNote')}>
      <LongList items={blocked} keyOf={imageKey} label={text('plan.leftOut')}>
        {(image) => (
          <div className={css.decision}>
            <div className="cut">
              <div className="cut">
                <span className="mono">{image.target}</span>{' '}
                <span className="mono muted">{platformName(image)}</span>
              </div>
              <div className="small muted">{image.problem && words(image.problem).message}</div>
            </div>
            <Status of={image.reason === 'mislabelled' ? CELL_STATES.mislabelled : CELL_STATES.unreadable}>
              {text('plan.leftOut')}
            </Status>
          </div>
        )}
      </LongList>
    </Card>
  );
}
