// Asks for the credentials of one host and passes them to the host process; the window does not keep them.
import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import type { Problem } from '../../../core/contract.js';
import { useText } from '../../i18n/i18n.js';
import { useProblemWords } from '../../i18n/problem-words.js';
import { useApp } from '../../stores/app.js';
import { hostOf } from '../../stores/target/target-spec.js';
import { useTarget } from '../../stores/target/target.js';
import { Dialog } from './dialog.js';
import css from './password-dialog.module.css';

interface PasswordDialogProps {
  readonly address: string;
  readonly username: string;
  readonly onDone: (username: string) => void;
  readonly onClose: () => void;
}

export function PasswordDialog({ address, username, onDone, onClose }: PasswordDialogProps) {
  const text = useText();
  const words = useProblemWords();
  const keeps = useApp(({ info }) => info?.keepsPasswords === true);
  const [user, setUser] = useState(username);
  const [password, setPassword] = useState('');
  const [keep, setKeep] = useState(true);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void useTarget
      .getState()
      .login(address, { username: user.trim(), password }, keeps && keep)
      .then((failed) => (failed === null ? onDone(user.trim()) : setProblem(failed)));
  };
  return (
    <Dialog onClose={onClose} title={text('target.loginAt', { host: hostOf(address) })}>
      <form onSubmit={submit} className={css.fields}>
        <TextInput
          label={text('target.field.user')}
          autoComplete="username"
          required
          withAsterisk={false}
          value={user}
          onChange={({ currentTarget }) => setUser(currentTarget.value)}
        />
        <PasswordInput
          label={text('target.field.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus
          value={password}
          visibilityToggleButtonProps={{ 'aria-label': text('target.field.showPassword') }}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        />
        {keeps ? (
          <Checkbox
            label={text('target.field.keep')}
            checked={keep}
            onChange={({ currentTarget }) => setKeep(currentTarget.checked)}
          />
        ) : (
          <p className="small muted">{text('target.field.notKept')}</p>
        )}
        {problem !== null && <p role="alert">{`${words(problem).message} ${words(problem).hint}`.trim()}</p>}
        <div className={css.actions}>
          <Button onClick={onClose}>{text('action.cancel')}</Button>
          <Button type="submit" variant="filled" disabled={user.trim() === '' || password === ''}>
            {text('target.login')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
