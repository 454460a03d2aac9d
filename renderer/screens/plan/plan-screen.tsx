// The screen Plan: what the import would do and need, for approval. Nothing has been written yet.
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { LockedScreen } from '../../frame/locked-screen.js';
import { Screen } from '../../frame/screen.js';
import { TargetSwitch } from '../../frame/target-switch.js';
import { useText } from '../../i18n/i18n.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorCard } from '../../parts/error-card.js';
import { IconClock, IconRefresh, IconShieldCheck } from '../../parts/icons.js';
import { usePackages } from '../../stores/packages/packages.js';
import { usePlan } from '../../stores/plan/plan.js';
import { useTargetPlans, type TargetPlan } from '../../stores/plan/target-plans.js';
import { isBesideGaps } from '../../stores/report-rows.js';
import { useTarget } from '../../stores/target/target.js';
import { PlanActions } from './plan-actions.js';
import { PlanCharts } from './plan-charts.js';
import { PlanDecisions } from './plan-decisions.js';
import { PlanFooter } from './plan-footer.js';
import { PlanGaps } from './plan-gaps.js';
import { PlanLeftOut } from './plan-left-out.js';
import { PlanNeeds } from './plan-needs.js';
import css from './plan.module.css';

export function PlanScreen() {
  const ready = usePackages(({ chosen }) => chosen.length > 0);
  const target = useTarget(({ current }) => current !== null);
  return ready && target ? <PlanInHand /> : <LockedScreen step="plan" />;
}

function PlanInHand() {
  const text = useText();
  const { problem, loading, load } = usePlan();
  const plans = useTargetPlans();
  const plan = plans[0]?.plan ?? null;
  const shown = useTarget(({ current }) => current?.id);
  const [begun, setBegun] = useState(false);
  useEffect(() => {
    const { plan: made, loading: making } = usePlan.getState();
    if (made === null && making === null) void load();
    setBegun(true);
  }, [load, shown]);
  useBesidePlans(plans);
  return (
    <Screen
      title={text('plan.title')}
      purpose={text('plan.purpose')}
      footer={<PlanFooter plan={plan} plans={plans} />}
    >
      <TargetSwitch label={text('plan.for')} />
      {problem !== null && (
        <ErrorCard
          problem={problem}
          alert
          actions={
            <Button
              size="xs"
              leftSection={<IconRefresh size={14} />}
              onClick={() => void load({ fresh: true })}
            >
              {text('plan.update')}
            </Button>
          }
        />
      )}
      {plan === null && loading !== null && (
        <EmptyState
          icon={IconClock}
          title={
            loading.total > 0
              ? text('compare.read', { done: loading.done, count: loading.total })
              : text('plan.reading')
          }
          text={text('compare.readingText')}
        />
      )}
      {begun && plan === null && loading === null && problem === null && (
        <EmptyState
          icon={IconRefresh}
          title={text('compare.dropped')}
          text={text('compare.droppedText')}
          actions={<Button onClick={() => void load()}>{text('plan.update')}</Button>}
        />
      )}
      {plan !== null && (
        <div className={css.columns}>
          <p className={css.guarantee}>
            <IconShieldCheck size={18} />
            <span>
              <b>{text('plan.guarantee')}</b> {text('plan.guaranteeText')}
            </span>
          </p>
          <div className={css.main}>
            <PlanActions plan={plan} />
            <PlanDecisions plan={plan} />
            <PlanLeftOut plan={plan} />
            <PlanGaps plan={plan} />
            <PlanCharts plan={plan} />
            {plan.problems.filter(isBesideGaps).map((one) => (
              <ErrorCard key={`${one.code} ${one.message}`} problem={one} />
            ))}
          </div>
          <PlanNeeds plan={plan} />
        </div>
      )}
    </Screen>
  );
}

/** The plans of further targets are made after the shown one, one after the other: what was read of the packages serves all. */
function useBesidePlans(plans: readonly TargetPlan[]): void {
  const { making, loading, loadBeside } = usePlan();
  const next = plans.slice(1).find(isOpen)?.target;
  const isIdle = loading === null && making === null && plans[0] !== undefined && !isOpen(plans[0]);
  useEffect(() => {
    if (isIdle && next !== undefined) void loadBeside(next);
  }, [isIdle, next, loadBeside]);
}

function isOpen({ plan, problem }: TargetPlan): boolean {
  return plan === null && problem === null;
}
