// The form of a registry target, new or edited: address, credentials, charts, names, platforms. Nothing is contacted before it is
// saved.
import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core';
import { useRef, useState, type SubmitEvent, type ReactNode } from 'react';
import type { Problem } from '../../../core/contract.js';
import { useText, type Say, type TextKey } from '../../i18n/i18n.js';
import { Card, Tag } from '../../parts/card.js';
import { ErrorCard } from '../../parts/error-card.js';
import { IconDatabase } from '../../parts/icons.js';
import { useApp } from '../../stores/app.js';
import {
  draftProblems,
  hostToType,
  type DraftField,
  type TargetDraft,
} from '../../stores/target/target-draft.js';
import { ChartsFields } from './charts-fields.js';
import type { DraftFieldsProps } from './draft-fields.js';
import { NamingFields } from './naming-fields.js';
import { PlatformFields } from './platform-fields.js';
import { TrustFields } from './trust-fields.js';
import css from './targets.module.css';

interface TargetFormProps {
  readonly draft: TargetDraft;
  readonly onSave: (draft: TargetDraft) => Promise<Problem | null>;
  readonly onCancel: () => void;
}

const FROM: Readonly<Record<NonNullable<TargetDraft['from']>, TextKey>> = {
  'cluster-config': 'target.from.clusterConfig',
  'syncer-config': 'target.from.syncerConfig',
  'docker-config': 'target.from.dockerConfig',
};

export function TargetForm({ draft: start, onSave, onCancel }: TargetFormProps) {
  const text = useText();
  const [draft, setDraft] = useState(start);
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const set = (change: Partial<TargetDraft>): void => setDraft((before) => ({ ...before, ...change }));
  const problems = draftProblems(draft);
  /** Errors are shown after the first attempt to save, so that they do not appear while the person types. */
  const wrong = (field: DraftField): string | null => {
    const key = tried ? problems[field] : undefined;
    return key === undefined ? null : text(key);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problems).length > 0) {
      // Waits until the fields show their errors.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    void onSave(draft).then(setProblem);
  };
  return (
    <Card
      icon={IconDatabase}
      title={draft.id === null ? text('target.newRegistry') : text('target.editTitle')}
      note={draft.from === null ? undefined : <Tag>{text(FROM[draft.from])}</Tag>}
    >
      <form ref={form} onSubmit={submit} noValidate>
        {draft.notes.length > 0 && (
          <div className={css.notes}>
            <b className="strong">{text('target.notes')}</b>
            <ul className="small">
              {draft.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </div>
        )}
        <div className={css.form}>
          <Group label="target.group.registry">
            <TextInput
              label={text('target.field.name')}
              description={text('target.field.nameNote')}
              spellCheck={false}
              value={draft.name}
              onChange={({ currentTarget }) => set({ name: currentTarget.value })}
            />
            <TextInput
              label={text('target.field.registry')}
              placeholder="https://registry.example"
              description={text('target.field.registryNote')}
              data-autofocus
              autoFocus
              spellCheck={false}
              value={draft.registry}
              error={wrong('registry')}
              onChange={({ currentTarget }) => set({ registry: currentTarget.value })}
            />
            <LoginFields draft={draft} set={set} wrong={wrong} />
            <Checkbox
              label={text('target.field.convertToOci')}
              description={text('target.field.convertToOciNote')}
              checked={draft.convertToOci}
              onChange={({ currentTarget }) => set({ convertToOci: currentTarget.checked })}
            />
          </Group>
          <Group label="target.fact.charts">
            <ChartsFields
              draft={draft}
              error={wrong('charts')}
              loginError={wrong('chartsPassword')}
              set={set}
            />
          </Group>
          <Group label="target.fact.naming">
            <NamingFields draft={draft} error={wrong('namingPath')} set={set} />
          </Group>
          <Group label="target.platforms">
            <PlatformFields value={draft.platforms} onChange={(platforms) => set({ platforms })} />
            <p className="small muted">{text('target.field.platformsNote')}</p>
          </Group>
          <Group label="target.group.network">
            <TextInput
              label={text('target.field.allowHosts')}
              description={text('target.field.allowHostsNote')}
              spellCheck={false}
              value={draft.allowHosts}
              onChange={({ currentTarget }) => set({ allowHosts: currentTarget.value })}
            />
            <TrustFields draft={draft} set={set} />
            <PlainAgreement draft={draft} set={set} error={wrong('plainTyped')} />
          </Group>
        </div>
        {problem !== null && <ErrorCard problem={problem} alert />}
        <div className={css.actions}>
          <Button onClick={onCancel}>{text('action.cancel')}</Button>
          <Button type="submit" variant="filled">
            {text('target.save')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Group({ label, children }: { readonly label: TextKey; readonly children: ReactNode }) {
  const text = useText();
  return (
    <>
      <div className="muted" aria-hidden="true">
        {text(label)}
      </div>
      <div className={css.fields} role="group" aria-label={text(label)}>
        {children}
      </div>
    </>
  );
}

interface LoginFieldsProps {
  readonly draft: TargetDraft;
  readonly set: DraftFieldsProps['set'];
  readonly wrong: (field: DraftField) => string | null;
}

function LoginFields({ draft, set, wrong }: LoginFieldsProps) {
  const text = useText();
  const keeps = useApp(({ info }) => info?.keepsPasswords === true);
  return (
    <>
      <div className={css.pair}>
        <TextInput
          label={text('target.field.user')}
          autoComplete="username"
          spellCheck={false}
          value={draft.username}
          error={wrong('username')}
          onChange={({ currentTarget }) => set({ username: currentTarget.value })}
        />
        <PasswordInput
          label={text('target.field.password')}
          autoComplete="current-password"
          placeholder={passwordHint(draft, text)}
          value={draft.password}
          error={wrong('password')}
          visibilityToggleButtonProps={{ 'aria-label': text('target.field.showPassword') }}
          onChange={({ currentTarget }) => set({ password: currentTarget.value })}
        />
      </div>
      {keeps ? (
        <Checkbox
          label={text('target.field.keep')}
          checked={draft.keep}
          onChange={({ currentTarget }) => set({ keep: currentTarget.checked })}
        />
      ) : (
        <p className="small muted">{text('target.field.notKept')}</p>
      )}
    </>
  );
}

/** Passwords are never shown; an empty field keeps the password that the host has. */
function passwordHint({ id, from, username }: TargetDraft, text: Say): string {
  if (username === '') return '';
  if (from !== null) return text('target.field.passwordFromFile');
  return id === null ? '' : text('target.field.passwordKept');
}

/**
 * Without encryption everybody on the network can read the password. The person types the host's name, so that nobody agrees by
 * accident.
 */
function PlainAgreement({ draft, set, error }: DraftFieldsProps) {
  const text = useText();
  const host = hostToType(draft);
  if (host === null) return null;
  return (
    <div className={css.plain}>
      <TextInput
        label={text('target.field.plain', { host })}
        description={text('target.field.plainNote')}
        spellCheck={false}
        value={draft.plainTyped}
        error={error}
        onChange={({ currentTarget }) => set({ plainTyped: currentTarget.value })}
      />
    </div>
  );
}
