// Lists the folders of the computer that serves the window, to choose files or a folder where the system has no dialog.
import { Button, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef } from 'react';
import type { FolderEntry } from '../../core/contract.js';
import { useFormat, useText, type Say } from '../i18n/i18n.js';
import { Dialog } from './dialog/dialog.js';
import { ErrorCard } from './error-card.js';
import { useFolderList } from '../stores/folder-list.js';
import { isPlatformInstaller } from '../stores/packages/package-name.js';
import css from './folder-picker.module.css';
import { IconArrowBackUp, IconFile, IconFolder, IconPackage } from './icons.js';

/** Key in the browser's storage: the folder from which something was chosen last. */
const LAST_FOLDER = 'archbridge-folder';

interface FolderPickerProps {
  readonly title: string;
  /** A sentence about why this list is shown and not a dialog of the system. */
  readonly note?: string;
  readonly wanted: 'files' | 'folder' | 'any-file';
  /** The folder that is shown first; null: the one from which something was chosen last, otherwise the roots. */
  readonly start: string | null;
  readonly onChosen: (paths: readonly string[]) => void;
  readonly onClose: () => void;
}

export function FolderPicker({ title, note, wanted, start, onChosen, onClose }: FolderPickerProps) {
  const text = useText();
  const { listing, problem, typed, marked, open, type, mark } = useFolderList();
  // Before the dialog is seen, because the list still holds what the last dialog showed.
  useLayoutEffect(() => {
    const { begin } = useFolderList.getState();
    void (start === null ? begin(localStorage.getItem(LAST_FOLDER), null) : begin(start));
  }, [start]);
  const folder = wanted === 'folder';
  const toggle = (path: string): void => {
    if (wanted === 'any-file') mark([path]);
    else mark(marked.includes(path) ? marked.filter((each) => each !== path) : [...marked, path]);
  };
  const chosen = folder && listing?.path != null ? [listing.path] : marked;
  const takeable = (listing?.entries ?? []).filter(({ kind }) => kind === 'package');
  const choose = (): void => {
    if (listing?.path != null) localStorage.setItem(LAST_FOLDER, listing.path);
    onChosen(chosen);
  };
  return (
    <Dialog onClose={onClose} title={title} size="lg">
      {note !== undefined && <p className={css.note}>{note}</p>}
      <div className={css.path}>
        <Button
          size="xs"
          leftSection={<IconArrowBackUp size={14} />}
          disabled={listing?.path == null}
          onClick={() => void open(listing?.parent ?? null)}
        >
          {text('picker.up')}
        </Button>
        <form
          className={css.typed}
          onSubmit={(event) => {
            event.preventDefault();
            void open(typed.trim() === '' ? null : typed.trim());
          }}
        >
          <TextInput
            size="xs"
            className={css.field ?? ''}
            classNames={{ input: 'mono' }}
            value={typed}
            aria-label={text('picker.path')}
            data-autofocus
            placeholder={text('picker.roots')}
            onChange={({ currentTarget }) => type(currentTarget.value)}
          />
          <Button size="xs" type="submit" disabled={typed.trim() === (listing?.path ?? '')}>
            {text('action.open')}
          </Button>
        </form>
      </div>
      {problem !== null && <ErrorCard problem={problem} alert />}
      <Entries
        key={listing?.path ?? ''}
        entries={listing?.entries ?? []}
        wanted={wanted}
        marked={marked}
        onOpen={(path) => void open(path)}
        onMark={toggle}
      />
      <div className={css.actions}>
        {wanted === 'files' && takeable.length > 1 && (
          <Button
            className={css.all ?? ''}
            disabled={marked.length === takeable.length}
            onClick={() => mark(takeable.map(({ path }) => path))}
          >
            {text('picker.all', { count: takeable.length })}
          </Button>
        )}
        <Button onClick={onClose}>{text('action.cancel')}</Button>
        <Button variant="filled" disabled={chosen.length === 0} onClick={choose}>
          {folder ? text('picker.takeFolder') : takeFiles(chosen.length, text)}
        </Button>
      </div>
    </Dialog>
  );
}

function takeFiles(count: number, text: Say): string {
  return count === 0 ? text('picker.takeNothing') : text('picker.takeFiles', { count });
}

interface EntriesProps {
  readonly entries: readonly FolderEntry[];
  readonly wanted: FolderPickerProps['wanted'];
  readonly marked: readonly string[];
  readonly onOpen: (path: string) => void;
  readonly onMark: (path: string) => void;
}

const ICONS = { folder: IconFolder, package: IconPackage, other: IconFile };

function Entries({ entries, wanted, marked, onOpen, onMark }: EntriesProps) {
  const text = useText();
  const format = useFormat();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 31,
    overscan: 12,
  });
  if (entries.length === 0) return <div className={css.empty}>{text('picker.empty')}</div>;
  const takes = ({ kind }: FolderEntry): boolean =>
    kind === 'folder' || (wanted === 'files' ? kind === 'package' : wanted === 'any-file');
  return (
    <div ref={scroller} className={css.list} tabIndex={-1}>
      <div className={css.space} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const entry = entries[index];
          if (entry === undefined) return null;
          const Mark = ICONS[entry.kind];
          return (
            <button
              key={entry.path}
              type="button"
              className={css.entry}
              style={{ transform: `translateY(${start}px)` }}
              disabled={!takes(entry)}
              aria-pressed={entry.kind === 'folder' ? undefined : marked.includes(entry.path)}
              onClick={() => (entry.kind === 'folder' ? onOpen(entry.path) : onMark(entry.path))}
            >
              <Mark size={16} stroke={1.75} />
              <span className={`${css.name} cut`} title={entry.path}>
                {entry.name}
              </span>
              {wanted === 'files' && entry.kind === 'other' && (
                <span className="small cut">
                  {text(
                    isPlatformInstaller(entry.name)
                      ? 'packages.unsupported.installer'
                      : 'packages.unsupported.other',
                  )}
                </span>
              )}
              {entry.kind !== 'folder' && (
                <span className="muted small num">{format.bytes(entry.bytes)}</span>
              )}
            </button>
          );
        })}
      </div>
    </div>
  );
}
