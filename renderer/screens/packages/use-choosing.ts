// Choosing files: with the dialog of the system where there is one, otherwise with the folder list of the host.
import { useCallback, useState } from 'react';
import { ask } from '../../bridge.js';
import { usePackages } from '../../stores/packages/packages.js';
import { useSettings } from '../../stores/settings.js';

export interface PickerWish {
  readonly for: 'files' | 'folder' | 'plan';
  readonly at: string | null;
  /** Opened because the browser did not report where a dropped file lies. */
  readonly dropped?: boolean;
}

export interface Choosing {
  /** The purpose for which the folder list is open. */
  readonly picker: PickerWish | null;
  readonly closePicker: () => void;
  readonly chooseFiles: () => void;
  readonly chooseFolder: () => void;
  readonly browse: (path: string) => void;
  readonly choosePlan: () => void;
  /** Called when something was dropped whose path the browser does not report. */
  readonly findDropped: () => void;
  readonly watch: (folder: string) => void;
  readonly unwatch: (folder: string) => void;
}

export function useChoosing(): Choosing {
  const [picker, setPicker] = useState<PickerWish | null>(null);
  const watch = useCallback((folder: string): void => {
    const before = useSettings.getState().settings?.watchedFolders ?? [];
    if (!before.includes(folder)) setWatched([...before, folder]);
  }, []);
  const unwatch = useCallback((folder: string): void => {
    const before = useSettings.getState().settings?.watchedFolders ?? [];
    setWatched(before.filter((each) => each !== folder));
  }, []);
  const chooseFiles = useCallback((): void => {
    void ask('chooseFiles', null).then((answer) => {
      if (!answer.ok || answer.value === null) setPicker({ for: 'files', at: null });
      else if (answer.value.length > 0) usePackages.getState().add(answer.value);
    });
  }, []);
  const chooseFolder = useCallback((): void => {
    void ask('chooseFolder', null).then((answer) => {
      if (!answer.ok || answer.value === null) setPicker({ for: 'folder', at: null });
      else answer.value.forEach(watch);
    });
  }, [watch]);
  const choosePlan = useCallback(() => setPicker({ for: 'plan', at: null }), []);
  const findDropped = useCallback(() => setPicker({ for: 'files', at: null, dropped: true }), []);
  return {
    picker,
    closePicker: () => setPicker(null),
    chooseFiles,
    chooseFolder,
    choosePlan,
    browse: (at) => setPicker({ for: 'files', at }),
    findDropped,
    watch,
    unwatch,
  };
}

function setWatched(watchedFolders: readonly string[]): void {
  void useSettings.getState().save({ watchedFolders });
  void usePackages.getState().lookIntoFolders(watchedFolders);
}
