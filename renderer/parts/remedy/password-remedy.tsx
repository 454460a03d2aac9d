// The button of a card about a refused login: asks for the password where the card is, and then offers what was refused again.
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Problem, TargetSpec } from '../../../core/contract.js';
import { useText } from '../../i18n/i18n.js';
import { useApp } from '../../stores/app.js';
import { isGoingOn, useRun } from '../../stores/run/run.js';
import { hostOf } from '../../stores/target/target-spec.js';
import { useTarget } from '../../stores/target/target.js';
import { PasswordDialog } from '../dialog/password-dialog.js';

export function PasswordRemedy({ problem }: { readonly problem: Problem }) {
  const text = useText();
  const [asking, setAsking] = useState(false);
  const [given, setGiven] = useState(false);
  const screen = useApp((state) => state.screen);
  const { request, again } = useRun();
  const going = useRun(isGoingOn);
  const current = useTarget((state) => state.current);
  const isOfRun = screen === 'run' && request !== null;
  const spec = isOfRun ? request.target : current?.spec;
  if (spec?.registry === undefined)
    return (
      <Button size="xs" onClick={() => useApp.getState().show('target')}>
        {text('remedy.target')}
      </Button>
    );
  const checkAgain = (): void => {
    useApp.getState().show('target');
    if (current !== null) void useTarget.getState().check(current);
  };
  if (given && (!isOfRun || !going))
    return (
      <Button size="xs" variant="filled" onClick={() => (isOfRun ? void again() : checkAgain())}>
        {text(isOfRun ? 'run.again' : 'target.check')}
      </Button>
    );
  return (
    <>
      <Button size="xs" onClick={() => setAsking(true)}>
        {text('check.enterPassword')}
      </Button>
      {asking && (
        <PasswordDialog
          address={addressOf(problem, spec)}
          username={current?.username ?? ''}
          onClose={() => setAsking(false)}
          onDone={(username) => {
            setAsking(false);
            setGiven(true);
            // The name is saved with the target, so that the next session asks for the password only.
            if (current !== null && username !== current.username && current.spec.registry === spec.registry)
              void useTarget.getState().remember({ ...current, username });
          }}
        />
      )}
    </>
  );
}

/** The address of the target that refused: the chart repository of that host, otherwise the registry. */
function addressOf({ params }: Problem, { registry = '', charts = [] }: TargetSpec): string {
  const host = String(params['host'] ?? '');
  const elsewhere = charts.find(({ url }) => hostOf(url) === host && hostOf(registry) !== host);
  return elsewhere?.url ?? registry;
}
