// The footer of the plan: what stays incomplete or stands in the way, and the approval, for one target or several.
import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useMemo, useRef, useState } from 'react';
import { gapsOf, imagesWithGaps } from '../../../core/contract.js';
import type { Plan, PlanImage } from '../../../core/contract.js';
import { Consequence } from '../../frame/screen.js';
import { useTargetName } from '../../frame/target-switch.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { Dialog } from '../../parts/dialog/dialog.js';
import { IconAlertTriangle, IconCheck, IconClock, IconFile } from '../../parts/icons.js';
import { LongList } from '../../parts/lists/long-list.js';
import { saveText } from '../../save-text.js';
import { useApp } from '../../stores/app.js';
import { requestFor } from '../../stores/plan/current-request.js';
import { imageKey, riskyReplacements } from '../../stores/plan/plan-decisions.js';
import { wholeImport, type ReadyPlan, type TargetPlan } from '../../stores/plan/target-plans.js';
import { platformName } from '../../stores/platform-name.js';
import { useRun } from '../../stores/run/run.js';
import { useSettings } from '../../stores/settings.js';
import { useTarget } from '../../stores/target/target.js';
import css from './plan.module.css';

interface PlanFooterProps {
  /** The plan that is shown. */
  readonly plan: Plan | null;
  /** Those of all targets. */
  readonly plans: readonly TargetPlan[];
}

export function PlanFooter({ plan, plans }: PlanFooterProps) {
  const text = useText();
  const format = useFormat();
  const nameOf = useTargetName();
  const whole = useMemo(() => wholeImport(plans), [plans]);
  const [asking, setAsking] = useState<readonly PlanImage[] | null>(null);
  const approve = useRef<HTMLButtonElement>(null);
  const save = (): void => {
    if (plan) void saveText('archbridge-plan.json', `${JSON.stringify(plan, null, 2)}\n`, 'application/json');
  };
  useHotkeys([
    ['mod+Enter', () => approve.current?.focus()],
    ['mod+S', save],
  ]);
  const { ready, waits, figures } = whole;
  const [only] = ready;
  const start = (): void => {
    const risky = ready.flatMap((one) => riskyReplacements(one.plan));
    if (risky.length > 0) setAsking(risky);
    else carryOut(ready);
  };
  const { title, why, isFine } = footerWords();
  return (
    <>
      <Consequence
        mark={
          waits?.why === 'reading' ? (
            <IconClock size={18} />
          ) : isFine ? (
            <IconCheck size={18} />
          ) : (
            <IconAlertTriangle size={18} />
          )
        }
        title={title}
        text={why}
      >
        {plan !== null && (
          <Button leftSection={<IconFile size={14} />} onClick={save}>
            {text('plan.save')}
          </Button>
        )}
        <Button
          ref={approve}
          variant="filled"
          disabled={waits !== null || only === undefined}
          leftSection={<IconCheck size={14} />}
          onClick={start}
        >
          {only === undefined || waits?.why === 'reading' || (waits !== null && plans.length > 1)
            ? text('plan.approveEmpty')
            : text('plan.approve', {
                images: text('plan.imageCount', { count: figures.tags }),
                charts: text('plan.chartCount', { count: figures.charts }),
                bytes: format.bytes(figures.bytesToSend),
                target:
                  ready.length > 1 ? text('plan.targetCount', { count: ready.length }) : nameOf(only.target),
              })}
        </Button>
      </Consequence>
      {asking && (
        <ReplaceDialog
          images={asking}
          onClose={() => setAsking(null)}
          onYes={() => {
            setAsking(null);
            carryOut(ready);
          }}
        />
      )}
    </>
  );

  function footerWords(): { readonly title: string; readonly why: string; readonly isFine: boolean } {
    if (waits !== null) {
      const { title: words, why: more } = waitWords(waits.why);
      return { title: withTarget(waits.target, words), why: more, isFine: false };
    }
    if (only === undefined)
      return { title: text('compare.nothing'), why: text('plan.nothingText'), isFine: false };
    const lacking = ready.find((one) => imagesWithGaps(gapsOf(one.plan)) > 0);
    if (lacking !== undefined) {
      const count = imagesWithGaps(gapsOf(lacking.plan));
      return {
        title: withTarget(lacking.target, text('plan.incomplete', { count })),
        why: text('plan.incompleteText', { count }),
        isFine: false,
      };
    }
    // Without images there is no platform that any of them could serve.
    const chartsOnly = ready.every((one) => one.plan.images.length === 0);
    return {
      title: text(chartsOnly ? 'plan.chartsOnly' : 'plan.complete'),
      why: text('compare.onlyReads'),
      isFine: true,
    };
  }

  /** Names the target where there are several. */
  function withTarget(target: TargetPlan['target'], words: string): string {
    return plans.length > 1 ? text('plan.ofTarget', { target: nameOf(target), words }) : words;
  }

  function waitWords(why: NonNullable<typeof waits>['why']): {
    readonly title: string;
    readonly why: string;
  } {
    if (why === 'reading' || why === 'failed')
      return {
        title: text(why === 'failed' ? 'compare.footerFailed' : 'plan.reading'),
        why: text(why === 'failed' && plans.length > 1 ? 'plan.otherFailed' : 'compare.onlyReads'),
      };
    if (why.kind === 'space')
      return {
        title: text('plan.noSpace', { where: why.space.where }),
        why: text('plan.noSpaceText', { more: format.bytes(why.space.needed - (why.space.free ?? 0)) }),
      };
    return {
      title: text('plan.noProjects', { count: why.projects.length }),
      why: format.list(why.projects.map(({ name }) => name)),
    };
  }
}

function carryOut(ready: readonly ReadyPlan[]): void {
  const verify = useSettings.getState().settings?.verifyAfterImport ?? true;
  const requests = ready.flatMap(({ target, plan }) => {
    const request = requestFor(target);
    return request === null ? [] : [{ ...request, plan, verify }];
  });
  const [only] = requests;
  if (only === undefined) return;
  useTarget.getState().use();
  void (requests.length > 1 ? useRun.getState().startSeveral(requests) : useRun.getState().start(only));
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
