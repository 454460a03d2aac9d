// The screen Plan: what the import would do and need, for approval. Nothing has been written yet.
import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState } from 'react';
import { gapsOf, imagesWithGaps } from '../../../core/contract.js';
import type { Plan, PlanImage } from '../../../core/contract.js';
import { LockedScreen } from '../../frame/locked-screen.js';
import { Consequence, Screen } from '../../frame/screen.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { Dialog } from '../../parts/dialog/dialog.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorCard } from '../../parts/error-card.js';
import {
  IconAlertTriangle,
  IconCheck,
  IconClock,
  IconFile,
  IconRefresh,
  IconShieldCheck,
} from '../../parts/icons.js';
import { LongList } from '../../parts/lists/long-list.js';
import { saveText } from '../../save-text.js';
import { useApp } from '../../stores/app.js';
import { currentRequest } from '../../stores/plan/current-request.js';
import { usePackages } from '../../stores/packages/packages.js';
import { imageKey, riskyReplacements, planFigures, withDecisions } from '../../stores/plan/plan-decisions.js';
import { obstacleOf } from '../../stores/plan/plan-summary.js';
import { usePlan } from '../../stores/plan/plan.js';
import { platformName } from '../../stores/platform-name.js';
import { isBesideGaps } from '../../stores/report-rows.js';
import { useRun } from '../../stores/run/run.js';
import { useSettings } from '../../stores/settings.js';
import { useTarget } from '../../stores/target/target.js';
import { PlanActions } from './plan-actions.js';
import { PlanCharts } from './plan-charts.js';
import { PlanDecisions } from './plan-decisions.js';
import { PlanGaps } from './plan-gaps.js';
import { PlanNeeds } from './plan-needs.js';
import css from './plan.module.css';

export function PlanScreen() {
  const ready = usePackages(({ chosen }) => chosen.length > 0);
  const target = useTarget(({ current }) => current !== null);
  return ready && target ? <PlanInHand /> : <LockedScreen step="plan" />;
}

/** The plan with the person's decisions in it. */
function useDecided(): Plan | null {
  const { plan, decisions } = usePlan();
  return useMemo(() => plan && withDecisions(plan, decisions), [plan, decisions]);
}

function PlanInHand() {
  const text = useText();
  const { problem, loading, load } = usePlan();
  const plan = useDecided();
  const [begun, setBegun] = useState(false);
  useEffect(() => {
    const { plan: made, loading: making } = usePlan.getState();
    if (made === null && making === null) void load();
    setBegun(true);
  }, [load]);
  return (
    <Screen title={text('plan.title')} purpose={text('plan.purpose')} footer={<PlanFooter plan={plan} />}>
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

function PlanFooter({ plan }: { readonly plan: Plan | null }) {
  const text = useText();
  const format = useFormat();
  const target = useTarget((state) => state.current);
  const failed = usePlan(({ problem, loading }) => problem !== null && loading === null);
  const [asking, setAsking] = useState<readonly PlanImage[] | null>(null);
  const approve = useRef<HTMLButtonElement>(null);
  const save = (): void => {
    if (plan) void saveText('archbridge-plan.json', `${JSON.stringify(plan, null, 2)}\n`, 'application/json');
  };
  useHotkeys([
    ['mod+Enter', () => approve.current?.focus()],
    ['mod+S', save],
  ]);
  if (plan === null || target === null)
    return (
      <Consequence
        mark={failed ? <IconAlertTriangle size={18} /> : <IconClock size={18} />}
        title={text(failed ? 'compare.footerFailed' : 'plan.reading')}
        text={text('compare.onlyReads')}
      >
        <Button disabled>{text('plan.approveEmpty')}</Button>
      </Consequence>
    );
  const figures = planFigures(plan);
  const obstacle = obstacleOf(plan, figures);
  const gaps = imagesWithGaps(gapsOf(plan));
  const start = (): void => {
    const risky = riskyReplacements(plan);
    if (risky.length > 0) setAsking(risky);
    else carryOut(plan);
  };
  const { title, why } = footerWords();
  return (
    <>
      <Consequence
        mark={obstacle || gaps > 0 ? <IconAlertTriangle size={18} /> : <IconCheck size={18} />}
        title={title}
        text={why}
      >
        <Button leftSection={<IconFile size={14} />} onClick={save}>
          {text('plan.save')}
        </Button>
        <Button
          ref={approve}
          variant="filled"
          disabled={obstacle !== null}
          leftSection={<IconCheck size={14} />}
          onClick={start}
        >
          {text('plan.approve', {
            images: text('plan.imageCount', { count: figures.tags }),
            charts: text('plan.chartCount', { count: figures.charts }),
            bytes: format.bytes(figures.bytesToSend),
            target: target.label,
          })}
        </Button>
      </Consequence>
      {asking && (
        <ReplaceDialog
          images={asking}
          onClose={() => setAsking(null)}
          onYes={() => {
            setAsking(null);
            carryOut(plan);
          }}
        />
      )}
    </>
  );

  function footerWords(): { readonly title: string; readonly why: string } {
    switch (obstacle?.kind) {
      case 'space':
        return {
          title: text('plan.noSpace', { where: obstacle.space.where }),
          why: text('plan.noSpaceText', {
            more: format.bytes(obstacle.space.needed - (obstacle.space.free ?? 0)),
          }),
        };
      case 'projects':
        return {
          title: text('plan.noProjects', { count: obstacle.projects.length }),
          why: format.list(obstacle.projects.map(({ name }) => name)),
        };
      case 'nothing':
        return { title: text('compare.nothing'), why: text('plan.nothingText') };
      case undefined:
        return gaps > 0
          ? {
              title: text('plan.incomplete', { count: gaps }),
              why: text('plan.incompleteText', { count: gaps }),
            }
          : {
              // Without images there is no platform that any of them could serve.
              title: text(plan?.images.length === 0 ? 'plan.chartsOnly' : 'plan.complete'),
              why: text('compare.onlyReads'),
            };
    }
  }
}

function carryOut(plan: Plan): void {
  const request = currentRequest();
  if (request === null) return;
  const verify = useSettings.getState().settings?.verifyAfterImport ?? true;
  useTarget.getState().use();
  void useRun.getState().start({ ...request, plan, verify });
  useApp.getState().show('run');
}

interface ReplaceDialogProps {
  readonly images: readonly PlanImage[];
  readonly onClose: () => void;
  readonly onYes: () => void;
}

/** A question that is asked only where a decision replaces an image by one that was built earlier. */
function ReplaceDialog({ images, onClose, onYes }: ReplaceDialogProps) {
  const text = useText();
  return (
    <Dialog onClose={onClose} title={text('plan.replaceTitle', { count: images.length })}>
      <p>{text('plan.replaceText')}</p>
      <LongList
        items={images}
        keyOf={imageKey}
        label={text('plan.replaceTitle', { count: images.length })}
        className="mono"
        rowHeight={20}
      >
        {(image) => `${image.target} ${platformName(image)}`}
      </LongList>
      <div className={css.buttons}>
        <Button onClick={onClose} data-autofocus>
          {text('action.cancel')}
        </Button>
        <Button variant="filled" onClick={onYes}>
          {text('plan.replaceYes')}
        </Button>
      </div>
    </Dialog>
  );
}
