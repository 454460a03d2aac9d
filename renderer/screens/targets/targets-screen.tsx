// The screen Target: choose a target, add a new one, and see what it answers.
import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useEffect, useMemo, useState } from 'react';
import type { Problem, RememberedTarget } from '../../../core/contract.js';
import { ask } from '../../bridge.js';
import { Screen } from '../../frame/screen.js';
import { useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { PasswordDialog } from '../../parts/dialog/password-dialog.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorCard } from '../../parts/error-card.js';
import { FolderPicker } from '../../parts/folder-picker.js';
import { IconDatabase } from '../../parts/icons.js';
import { useApp } from '../../stores/app.js';
import { useSettings } from '../../stores/settings.js';
import { draftOf, EMPTY_DRAFT, fromSpec, type TargetDraft } from '../../stores/target/target-draft.js';
import { hostOf, remember } from '../../stores/target/target-spec.js';
import { useTarget } from '../../stores/target/target.js';
import { CheckCard } from './check-card.js';
import { GuardCard } from './guard-card.js';
import { saveDraft } from './save-draft.js';
import { TargetForm } from './target-form.js';
import { TargetList } from './target-list.js';
import { TargetView } from './target-view.js';
import { TargetsFooter } from './targets-footer.js';
import css from './targets.module.css';

type Picking = 'target-file' | 'store' | null;

export function TargetsScreen() {
  const text = useText();
  const { targets, folder } = useTargets();
  const current = useTarget((state) => state.current);
  const { choose, check, forget } = useTarget.getState();
  const [draft, setDraft] = useState<TargetDraft | null>(null);
  const [picking, setPicking] = useState<Picking>(null);
  const [asking, setAsking] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  /** Targets of a file that describes several, until one is taken. */
  const [found, setFound] = useState<readonly TargetDraft[]>([]);
  const startNew = (): void => setDraft({ ...EMPTY_DRAFT });
  const take = (target: RememberedTarget): void => {
    setDraft(null);
    setFound([]);
    setProblem(null);
    choose(target);
  };
  const takeFolder = (store: string): void => {
    const target = targets.find(({ spec }) => spec.store === store) ?? remember({ store }, '');
    if (store !== folder?.spec.store) void useTarget.getState().remember(target);
    take(target);
  };
  const chooseFolder = (): void => {
    void ask('chooseFolder', null).then((answer) => {
      if (!answer.ok || answer.value === null) setPicking('store');
      else if (answer.value[0] !== undefined) takeFolder(answer.value[0]);
    });
  };
  const readFile = (path: string): void => {
    void ask('readTargetFile', path).then((answer) => {
      if (!answer.ok) return setProblem(answer.problem);
      const { kind, targets: read, notes } = answer.value;
      setProblem(null);
      const drafts = read.map(({ spec, username }) => ({ ...fromSpec(spec), username, notes, from: kind }));
      setFound(drafts.length > 1 ? drafts : []);
      setDraft(drafts.length > 1 ? null : (drafts[0] ?? null));
    });
  };
  const isEditWanted = useTarget((state) => state.isEditWanted);
  useEffect(() => {
    if (!isEditWanted) return;
    useTarget.setState({ isEditWanted: false });
    if (current !== null && current.id !== folder?.id) setDraft(draftOf(current));
  }, [isEditWanted, current, folder]);
  useCheckOfChosen(draft === null);
  useHotkeys([
    ['mod+N', startNew],
    ['mod+Enter', () => (current ? void check(current) : undefined)],
  ]);
  useCommands(startNew, () => setPicking('target-file'));
  return (
    <Screen
      title={text('target.title')}
      purpose={text('target.purpose')}
      footer={<TargetsFooter editing={draft !== null} folder={folder} onFolder={take} />}
      still
    >
      <div className={css.columns}>
        <TargetList
          targets={targets}
          folder={folder}
          shown={draft === null ? (current?.id ?? null) : draft.id}
          onChoose={take}
          onNew={startNew}
          onFile={() => setPicking('target-file')}
        />
        <div className={css.detail}>
          {problem !== null && <ErrorCard problem={problem} alert />}
          {found.length > 0 && (
            <FoundTargets
              found={found}
              onTake={(one) => {
                setFound([]);
                setDraft(one);
              }}
            />
          )}
          {draft !== null && (
            <TargetForm
              key={draft.id ?? draft.from ?? 'new'}
              draft={draft}
              onCancel={() => setDraft(null)}
              onSave={async (written) => {
                const failed = await saveDraft(written);
                if (failed === null) setDraft(null);
                return failed;
              }}
            />
          )}
          {draft === null && current !== null && (
            <>
              <TargetView
                key={current.id}
                target={current}
                builtIn={current.id === folder?.id}
                onEdit={() => setDraft(draftOf(current))}
                onForget={() => void forget(current.id)}
                onChangeFolder={chooseFolder}
              />
              <CheckCard target={current} onPassword={setAsking} />
              <GuardCard target={current} />
            </>
          )}
          {draft === null && current === null && (
            <EmptyState
              icon={IconDatabase}
              title={text('target.empty.title')}
              text={text('target.empty.text')}
              actions={
                <>
                  <Button onClick={startNew}>{text('target.addRegistry')}</Button>
                  {folder !== null && (
                    <Button onClick={() => take(folder)}>{text('target.useFolder')}</Button>
                  )}
                </>
              }
            />
          )}
        </div>
      </div>
      {asking !== null && current !== null && (
        <PasswordDialog
          address={asking}
          username={current.username}
          onClose={() => setAsking(null)}
          onDone={(username) => {
            setAsking(null);
            const named = asking === current.spec.registry ? { ...current, username } : current;
            void useTarget.getState().remember(named);
            void check(named);
          }}
        />
      )}
      {picking !== null && (
        <FolderPicker
          title={picking === 'store' ? text('picker.folder') : text('target.chooseFile')}
          wanted={picking === 'store' ? 'folder' : 'any-file'}
          start={null}
          onClose={() => setPicking(null)}
          onChosen={([path = '']) => {
            setPicking(null);
            if (picking === 'store') takeFolder(path);
            else readFile(path);
          }}
        />
      )}
    </Screen>
  );
}

/** The registries of a file that has logins for several; one is taken at a time. */
function FoundTargets({
  found,
  onTake,
}: {
  readonly found: readonly TargetDraft[];
  readonly onTake: (draft: TargetDraft) => void;
}) {
  const text = useText();
  return (
    <Card title={text('target.found')}>
      <div className={css.fileKinds}>
        {found.map((one) => (
          <Button key={one.registry} size="compact-xs" onClick={() => onTake(one)}>
            {hostOf(one.registry)}
          </Button>
        ))}
      </div>
    </Card>
  );
}

/** The remembered targets, and separate from them the folder that is always in the list. */
function useTargets() {
  const remembered = useSettings(({ settings }) => settings?.targets);
  const store = useApp(({ info }) => info?.defaultStore);
  return useMemo(() => {
    const all = remembered ?? [];
    const folder =
      store === undefined ? null : (all.find(({ spec }) => spec.store === store) ?? remember({ store }, ''));
    return { targets: all.filter(({ id }) => id !== folder?.id), folder };
  }, [remembered, store]);
}

/** Checks a target when it is chosen; no other host is contacted. */
function useCheckOfChosen(viewing: boolean): void {
  const current = useTarget((state) => state.current);
  const checked = useTarget(({ checks }) => current !== null && current.id in checks);
  useEffect(() => {
    if (viewing && current !== null && !checked) void useTarget.getState().check(current);
    // Once for each chosen target: a check that was stopped does not start again
    // by itself.
  }, [viewing, current?.id]);
}

function useCommands(startNew: () => void, fromFile: () => void): void {
  const text = useText();
  useEffect(
    () =>
      useApp.getState().addCommands([
        { id: 'new-target', label: text('target.newRegistry'), keys: 'Ctrl N', run: startNew },
        { id: 'target-file', label: text('target.fromFile'), run: fromFile },
      ]),
    // The functions only set state of this screen.
    [text],
  );
}
