// The content of a step that cannot be used yet: what it needs, and a button that leads there.
import { Button } from '@mantine/core';
import { useText } from '../i18n/i18n.js';
import { EmptyState } from '../parts/empty-state.js';
import { IconLock } from '../parts/icons.js';
import { useApp } from '../stores/app.js';
import { Screen } from './screen.js';
import { STEP_REASONS, STEP_TITLES } from './step-titles.js';
import type { StepId } from './steps.js';
import { useSteps } from './use-steps.js';

export function LockedScreen({ step }: { readonly step: StepId }) {
  const text = useText();
  const show = useApp((state) => state.show);
  const next = useSteps().findLast(({ locked, id }) => !locked && id !== step)?.id ?? 'packages';
  return (
    <Screen title={text(STEP_TITLES[step])} purpose="">
      <EmptyState
        icon={IconLock}
        title={text('frame.locked.title')}
        text={text(STEP_REASONS[step])}
        actions={
          <Button onClick={() => show(next)}>
            {text('palette.go', { screen: text(STEP_TITLES[next]) })}
          </Button>
        }
      />
    </Screen>
  );
}
