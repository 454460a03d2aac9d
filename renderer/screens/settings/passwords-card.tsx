// Where passwords are kept, and a button to forget them.
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { AppSettings, Problem } from '../../../core/contract.js';
import { useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { ErrorCard } from '../../parts/error-card.js';
import { IconKey } from '../../parts/icons.js';
import { Toned } from '../../parts/status.js';
import { useApp } from '../../stores/app.js';
import { useTarget } from '../../stores/target/target.js';
import { SettingRow } from './setting-row.js';

export function PasswordsCard({ settings }: { readonly settings: AppSettings }) {
  const text = useText();
  const keeps = useApp(({ info }) => info?.keepsPasswords === true);
  const [state, setState] = useState<'known' | 'sure' | 'forgotten'>('known');
  const [problem, setProblem] = useState<Problem | null>(null);
  const targets = settings.targets.filter(({ spec }) => spec.registry !== undefined);
  const forget = (): void => {
    void useTarget
      .getState()
      .forgetPasswords(targets.map(({ spec }) => spec))
      .then((failed) => {
        setProblem(failed);
        setState(failed === null ? 'forgotten' : 'known');
      });
  };
  return (
    <Card title={text('settings.passwords')}>
      <SettingRow
        name={text('settings.passwords')}
        text={keeps ? text('settings.passwordsKept') : text('settings.passwordsAsked')}
      >
        <Toned icon={IconKey} tone={keeps ? 'ok' : 'plain'}>
          {keeps ? text('settings.keychain') : text('settings.memory')}
        </Toned>
        {state === 'sure' ? (
          <>
            <Button size="xs" data-danger onClick={forget}>
              {text('settings.forgetSure', { count: targets.length })}
            </Button>
            <Button size="xs" onClick={() => setState('known')}>
              {text('action.cancel')}
            </Button>
          </>
        ) : (
          <Button size="xs" data-danger disabled={targets.length === 0} onClick={() => setState('sure')}>
            {text('settings.forget')}
          </Button>
        )}
        <span role="status" className="small muted">
          {state === 'forgotten' && text('settings.forgotten')}
        </span>
      </SettingRow>
      {problem !== null && <ErrorCard problem={problem} alert />}
    </Card>
  );
}
