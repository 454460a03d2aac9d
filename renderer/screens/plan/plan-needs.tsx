// What the import needs before it begins: free space, projects, and what an undo will be able to restore.
import type { NeededSpace, Plan } from '../../../core/contract.js';
import { useFormat, useText, type TextKey } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { Facts } from '../../parts/facts.js';
import { IconAlertTriangle, IconCheck, IconClock } from '../../parts/icons.js';
import { SpanBar } from '../../parts/span-bar.js';
import { Toned } from '../../parts/status.js';
import css from './plan.module.css';

const PLACES: Readonly<Record<NeededSpace['kind'], TextKey>> = {
  computer: 'plan.space.computer',
  store: 'plan.space.store',
  project: 'plan.space.project',
  registry: 'plan.space.registry',
};

export function PlanNeeds({ plan }: { readonly plan: Plan }) {
  const text = useText();
  const format = useFormat();
  const { needs, packages } = plan;
  return (
    <div className={css.needs}>
      <Card title={text('plan.space')} padded>
        {needs.space.map((space) => (
          <SpaceRow key={`${space.kind} ${space.where}`} space={space} />
        ))}
        {needs.space.length === 0 && <span className="muted">{text('plan.space.unknown')}</span>}
      </Card>
      {needs.projects.length > 0 && (
        <Card title={text('plan.projects', { count: needs.projects.length })} padded>
          {needs.projects.map(({ name, exists }) => (
            <div key={name} className={css.project}>
              <span className="mono cut">{name}</span>
              {exists === true && (
                <Toned icon={IconCheck} tone="ok">
                  {text('plan.project.exists')}
                </Toned>
              )}
              {exists === false && (
                <Toned icon={IconAlertTriangle} tone="error">
                  {text('plan.project.missing')}
                </Toned>
              )}
              {exists === null && (
                <Toned icon={IconClock} tone="muted">
                  {text('plan.project.unknown')}
                </Toned>
              )}
            </div>
          ))}
        </Card>
      )}
      <Card title={text('plan.way')} padded>
        <Facts
          facts={[
            [text('plan.way.read'), format.bytes(packages.reduce((sum, { bytes }) => sum + bytes, 0))],
            [text('plan.way.charts'), format.bytes(needs.chartBytes)],
            [text('plan.way.back'), text('plan.way.backText')],
          ]}
        />
      </Card>
    </div>
  );
}

function SpaceRow({ space: { kind, where, free, needed, enough } }: { readonly space: NeededSpace }) {
  const text = useText();
  const format = useFormat();
  const place = text(PLACES[kind], { where });
  const words =
    free === null
      ? text('plan.needsOnly', { needed: format.bytes(needed) })
      : text('plan.needsOf', { needed: format.bytes(needed), free: format.bytes(free) });
  const whole = Math.max(free ?? 0, needed, 1);
  return (
    <div className={css.space}>
      <div className={css.spaceHead}>
        <b className="cut">{place}</b>
        {enough === true && (
          <Toned icon={IconCheck} tone="ok">
            {text('plan.fits')}
          </Toned>
        )}
        {enough === false && (
          <Toned icon={IconAlertTriangle} tone="conflict">
            {text('plan.fitsNot', { more: format.bytes(needed - (free ?? 0)) })}
          </Toned>
        )}
        {enough === null && (
          <Toned icon={IconClock} tone="muted">
            {text('plan.fitsUnknown')}
          </Toned>
        )}
      </div>
      <SpanBar
        label={`${place}: ${words}`}
        spans={[{ part: needed / whole, look: enough === false ? 'conflict' : 'accent' }]}
      />
      <div className="small muted">{words}</div>
    </div>
  );
}
