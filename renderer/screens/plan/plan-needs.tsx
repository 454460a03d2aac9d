// What the import needs before it begins: free space, projects, and what an undo will be able to restore.
import { SegmentedControl } from '@mantine/core';
import { bytesToRead } from '../../../core/contract.js';
import type { CreateProjects, NeededSpace, Plan } from '../../../core/contract.js';
import { useFormat, useText, type TextKey } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { Facts } from '../../parts/facts.js';
import { IconAlertTriangle, IconCheck, IconClock, IconPlus } from '../../parts/icons.js';
import { SpanBar } from '../../parts/span-bar.js';
import { Toned } from '../../parts/status.js';
import { usePlan } from '../../stores/plan/plan.js';
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
          {needs.projects.some(({ create }) => create !== 'no') && <Visibility />}
          {needs.projects.map(({ name, exists, create }) => (
            <div key={name} className={css.project}>
              <span className="mono cut">{name}</span>
              {exists === true && (
                <Toned icon={IconCheck} tone="ok">
                  {text('plan.project.exists')}
                </Toned>
              )}
              {exists === false && create === 'no' && (
                <Toned icon={IconAlertTriangle} tone="error">
                  {text('plan.project.missing')}
                </Toned>
              )}
              {exists === false && create !== 'no' && (
                <Toned icon={IconPlus} tone="plain">
                  {text(create === 'public' ? 'plan.project.public' : 'plan.project.private')}
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
            [text('plan.way.read'), format.bytes(bytesToRead(packages))],
            [text('plan.way.charts'), format.bytes(needs.chartBytes)],
            [text('plan.way.back'), text('plan.way.backText')],
          ]}
        />
      </Card>
    </div>
  );
}

const VISIBILITY = {
  'like-existing': 'plan.project.likeOthers',
  private: 'plan.project.choosePrivate',
  public: 'plan.project.choosePublic',
} as const satisfies Partial<Record<CreateProjects, TextKey>>;

/** Who may pull from the projects that the import creates; another choice makes the plan again. */
function Visibility() {
  const text = useText();
  const chosen = usePlan((state) => state.createProjects);
  const { createAs } = usePlan.getState();
  const all = Object.keys(VISIBILITY).filter((one): one is keyof typeof VISIBILITY => one in VISIBILITY);
  return (
    <SegmentedControl
      size="xs"
      aria-label={text('plan.project.visibility')}
      data={all.map((value) => ({ value, label: text(VISIBILITY[value]) }))}
      value={chosen}
      onChange={(value) => createAs(all.find((one) => one === value) ?? 'like-existing')}
    />
  );
}

function SpaceRow({
  space: { kind, where, free, unlimited, needed, enough },
}: {
  readonly space: NeededSpace;
}) {
  const text = useText();
  const format = useFormat();
  const place = text(PLACES[kind], { where });
  const words = unlimited
    ? text('plan.needsUnlimited', { needed: format.bytes(needed) })
    : free === null
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
