// Where charts go: into the registry, into a chart repository (if needed one for each package folder), into a folder, or nowhere.
import { ActionIcon, Button, PasswordInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ask } from '../../bridge.js';
import { useText, type TextKey } from '../../i18n/i18n.js';
import { FolderPicker } from '../../parts/folder-picker.js';
import { IconPlus, IconX } from '../../parts/icons.js';
import {
  isElsewhere,
  NO_CHARTS,
  type ChartsChoice,
  type ChartsDraft,
} from '../../stores/target/target-draft.js';
import { hostOf } from '../../stores/target/target-spec.js';
import type { DraftFieldsProps } from './draft-fields.js';
import css from './targets.module.css';

const CHOICES: Readonly<Record<ChartsChoice, TextKey>> = {
  beside: 'target.charts.beside',
  repository: 'target.charts.repository',
  folder: 'target.charts.folder',
  none: 'target.charts.none',
};
const ORDER: readonly ChartsChoice[] = ['beside', 'repository', 'folder', 'none'];

interface ChartsFieldsProps extends DraftFieldsProps {
  /** What is wrong with the login of a repository. */
  readonly loginError: string | null;
}

export function ChartsFields({ draft, set, error, loginError }: ChartsFieldsProps) {
  const text = useText();
  const { chartsChoice, charts } = draft;
  const change = (index: number, part: Partial<ChartsDraft>): void =>
    set({ charts: charts.map((one, at) => (at === index ? { ...one, ...part } : one)) });
  return (
    <>
      <SegmentedControl
        aria-label={text('target.fact.charts')}
        data={ORDER.map((value) => ({ value, label: text(CHOICES[value]) }))}
        value={chartsChoice}
        onChange={(value) =>
          set({ chartsChoice: ORDER.find((one) => one === value) ?? 'beside', charts: [NO_CHARTS] })
        }
      />
      {chartsChoice === 'beside' && (
        <p className="small muted">
          {text('target.charts.besideNote')}{' '}
          <span className="mono">{`oci://${hostOf(draft.registry.trim() || 'registry.example')}/addon`}</span>
        </p>
      )}
      {chartsChoice === 'repository' &&
        charts.map((one, index) => (
          <RepositoryRow
            key={index}
            value={one}
            first={index === 0}
            error={error}
            login={isElsewhere(draft, one)}
            loginError={one.password !== '' && one.username.trim() === '' ? loginError : null}
            onChange={(part) => change(index, part)}
            onRemove={() => set({ charts: charts.filter((_, at) => at !== index) })}
          />
        ))}
      {chartsChoice === 'repository' && (
        <div>
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconPlus size={14} />}
            onClick={() => set({ charts: [...charts, NO_CHARTS] })}
          >
            {text('target.charts.another')}
          </Button>
        </div>
      )}
      {chartsChoice === 'folder' && (
        <FolderRow path={charts[0]?.url ?? ''} error={error} onChange={(url) => change(0, { url })} />
      )}
    </>
  );
}

interface RepositoryRowProps {
  readonly value: ChartsDraft;
  readonly first: boolean;
  readonly error: string | null;
  /** It has an account of its own. */
  readonly login: boolean;
  readonly loginError: string | null;
  readonly onChange: (part: Partial<ChartsDraft>) => void;
  readonly onRemove: () => void;
}

const KINDS: readonly ChartsDraft['kind'][] = ['found-out', 'chartmuseum', 'harbor', 'jfrog'];

function RepositoryRow(props: RepositoryRowProps) {
  const { value, first, error, onChange, onRemove } = props;
  const text = useText();
  const label = (key: TextKey) => (first ? { label: text(key) } : { 'aria-label': text(key) });
  return (
    <div className={css.charts}>
      <TextInput
        {...label('target.field.chartsUrl')}
        placeholder="http://charts.example:8080"
        spellCheck={false}
        value={value.url}
        error={error}
        onChange={({ currentTarget }) => onChange({ url: currentTarget.value })}
      />
      <TextInput
        {...label('target.field.chartsFolder')}
        placeholder={text('target.field.everyFolder')}
        spellCheck={false}
        value={value.folder}
        onChange={({ currentTarget }) => onChange({ folder: currentTarget.value })}
      />
      <Select
        {...label('target.field.chartsKind')}
        data={[
          { value: 'found-out', label: text('target.kind.foundOut') },
          { value: 'chartmuseum', label: 'ChartMuseum' },
          { value: 'harbor', label: 'Harbor' },
          { value: 'jfrog', label: 'JFrog' },
        ]}
        value={value.kind}
        onChange={(kind) => onChange({ kind: KINDS.find((one) => one === kind) ?? 'found-out' })}
      />
      {first ? (
        <span />
      ) : (
        <ActionIcon variant="subtle" size={30} aria-label={text('target.charts.remove')} onClick={onRemove}>
          <IconX size={14} />
        </ActionIcon>
      )}
      {props.login && <RepositoryLogin {...props} />}
    </div>
  );
}

/** Each repository on a host of its own has its own account. */
function RepositoryLogin({ value, loginError, onChange }: RepositoryRowProps) {
  const text = useText();
  const host = hostOf(value.url.trim());
  return (
    <div className={css.chartsLogin}>
      <TextInput
        label={text('target.field.chartsUser', { host })}
        spellCheck={false}
        value={value.username}
        error={loginError}
        onChange={({ currentTarget }) => onChange({ username: currentTarget.value })}
      />
      <PasswordInput
        label={text('target.field.chartsPassword', { host })}
        value={value.password}
        visibilityToggleButtonProps={{ 'aria-label': text('target.field.showPassword') }}
        onChange={({ currentTarget }) => onChange({ password: currentTarget.value })}
      />
    </div>
  );
}

interface FolderRowProps {
  readonly path: string;
  readonly error: string | null;
  readonly onChange: (path: string) => void;
}

function FolderRow({ path, error, onChange }: FolderRowProps) {
  const text = useText();
  const [picking, setPicking] = useState(false);
  const choose = (): void => {
    void ask('chooseFolder', null).then((answer) => {
      if (!answer.ok || answer.value === null) setPicking(true);
      else if (answer.value[0] !== undefined) onChange(answer.value[0]);
    });
  };
  return (
    <div className={css.row}>
      <TextInput
        label={text('target.fact.folder')}
        spellCheck={false}
        value={path}
        error={error}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      <Button size="xs" h={30} onClick={choose}>
        {text('target.chooseFolder')}
      </Button>
      {picking && (
        <FolderPicker
          title={text('picker.folder')}
          wanted="folder"
          start={null}
          onClose={() => setPicking(false)}
          onChosen={(paths) => {
            onChange(paths[0] ?? path);
            setPicking(false);
          }}
        />
      )}
    </div>
  );
}
