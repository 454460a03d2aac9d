// The button of a card that has none of its own: it leads to the step where the advice of the problem can be followed.
import { Button } from '@mantine/core';
import type { Problem } from '../../../core/contract.js';
import { useText, type TextKey } from '../../i18n/i18n.js';
import { useApp, type ScreenId } from '../../stores/app.js';
import { usePlan } from '../../stores/plan/plan.js';
import { remedyOf, type Remedy } from '../../stores/remedy.js';
import { useTarget } from '../../stores/target/target.js';
import { PasswordRemedy } from './password-remedy.js';
import { SupportButton } from '../support-button.js';

interface Way {
  readonly label: TextKey;
  readonly screen: ScreenId;
  readonly act?: () => void;
}

const WAYS: Readonly<Record<Exclude<Remedy, 'support' | 'password'>, Way>> = {
  packages: { label: 'packages.otherCopy', screen: 'packages' },
  further: { label: 'remedy.packages', screen: 'packages' },
  project: {
    label: 'remedy.project',
    screen: 'target',
    act: () => useTarget.setState({ isEditWanted: true }),
  },
  target: { label: 'remedy.target', screen: 'target' },
  check: { label: 'target.check', screen: 'target', act: checkAgain },
  compare: { label: 'remedy.compare', screen: 'compare' },
  update: {
    label: 'plan.update',
    screen: 'plan',
    act: () => void usePlan.getState().load({ fresh: true }),
  },
  plan: { label: 'remedy.plan', screen: 'plan' },
  history: { label: 'remedy.history', screen: 'report' },
};

export function RemedyButton({ problem }: { readonly problem: Problem }) {
  const text = useText();
  const remedy = remedyOf(problem);
  if (remedy === 'support') return <SupportButton details={`${problem.code} ${problem.message}`} />;
  if (remedy === 'password') return <PasswordRemedy problem={problem} />;
  const { label, screen, act } = WAYS[remedy];
  return (
    <Button
      size="xs"
      onClick={() => {
        useApp.getState().show(screen);
        act?.();
      }}
    >
      {text(label)}
    </Button>
  );
}

function checkAgain(): void {
  const { current, check } = useTarget.getState();
  if (current !== null) void check(current);
}
