// The first screen: finds packages, shows what each holds, and lets the person choose.
import { useHotkeys, useWindowEvent } from '@mantine/hooks';
import { useEffect, useMemo, useState } from 'react';
import { Screen } from '../../frame/screen.js';
import { useText } from '../../i18n/i18n.js';
import { ErrorCard } from '../../parts/error-card.js';
import { FolderPicker } from '../../parts/folder-picker.js';
import { useApp } from '../../stores/app.js';
import { usePackages } from '../../stores/packages/packages.js';
import { openPlan, type PlanObstacle } from '../../stores/plan/open-plan.js';
import { useReport } from '../../stores/report.js';
import { useSettings } from '../../stores/settings.js';
import { ChecksumField } from './checksum-field.js';
import { DropOverlay, DropZone } from './drop-zone.js';
import { AddedCard, DriveCard, DrivesLoading, ExamplesCard, WatchedCard } from './found-packages.js';
import { PackageDetail } from './package-detail.js';
import { PackagesFooter } from './packages-footer.js';
import css from './packages.module.css';
import { PlanObstacleCard } from './plan-obstacle.js';
import { RecentImports } from './recent-imports.js';
import { useChoosing, type Choosing } from './use-choosing.js';
import { useFileDrop } from './use-file-drop.js';

const PICKER_TITLES = { files: 'picker.files', folder: 'picker.folder', plan: 'plan.open' } as const;

export function PackagesScreen() {
  const text = useText();
  const choosing = useChoosing();
  const { drives, drivesProblem, watched, known, focused } = usePackages();
  const places = usePlaces();
  const [obstacle, setObstacle] = useState<PlanObstacle>(null);
  const { chooseFiles, chooseFolder, browse } = choosing;
  const held = useFileDrop(usePackages.getState().add, choosing.findDropped);
  useHotkeys([['mod+O', chooseFiles]]);
  useCommands(choosing);
  useWindowEvent('focus', lookAgain);
  // Until the person focuses a package, the details of the first one are shown.
  const detail = known[focused ?? places.first ?? ''];
  return (
    <Screen
      title={text('packages.title')}
      purpose={text('packages.purpose')}
      footer={<PackagesFooter />}
      still
    >
      <div className={css.columns}>
        <div className={css.list}>
          {obstacle !== null && <PlanObstacleCard obstacle={obstacle} onClose={() => setObstacle(null)} />}
          {drives === null && <DrivesLoading />}
          {drivesProblem !== null && <ErrorCard problem={drivesProblem} />}
          {drives?.map((drive) => (
            <DriveCard key={drive.path} drive={drive} onBrowse={browse} />
          ))}
          <DropZone
            large={places.nothing}
            onChooseFiles={chooseFiles}
            onWatchFolder={chooseFolder}
            onOpenPlan={choosing.choosePlan}
          />
          {places.added.length > 0 && <AddedCard paths={places.added} />}
          {watched.map((folder) => (
            <WatchedCard key={folder.path} folder={folder} onUnwatch={() => choosing.unwatch(folder.path)} />
          ))}
          {places.examples.length > 0 && <ExamplesCard paths={places.examples} />}
          {Object.keys(known).length > 0 && <ChecksumField />}
          <RecentImports />
        </div>
        {detail !== undefined && (
          <PackageDetail key={detail.path} known={detail} onChooseFiles={chooseFiles} />
        )}
      </div>
      {held && <DropOverlay />}
      {choosing.picker !== null && (
        <FolderPicker
          title={text(PICKER_TITLES[choosing.picker.for])}
          wanted={choosing.picker.for === 'plan' ? 'any-file' : choosing.picker.for}
          {...(choosing.picker.dropped === true ? { note: text('packages.drop.browser') } : {})}
          start={choosing.picker.at}
          onClose={choosing.closePicker}
          onChosen={(paths) => {
            if (choosing.picker?.for === 'folder') paths.forEach(choosing.watch);
            else if (choosing.picker?.for === 'plan') void openPlan(paths[0] ?? '').then(setObstacle);
            else usePackages.getState().add(paths);
            choosing.closePicker();
          }}
        />
      )}
    </Screen>
  );
}

/** Packages that lie on no drive and in no watched folder, the examples, and whether the list is empty. */
function usePlaces() {
  const { drives, watched, added } = usePackages();
  const examples = useApp(({ info }) => info?.examples);
  const imports = useReport(({ history }) => history?.length ?? 0);
  return useMemo(() => {
    const shown = new Set([
      ...(drives ?? []).flatMap(({ packages }) => packages.map(({ path }) => path)),
      ...watched.flatMap(({ packages }) => packages),
      ...(examples ?? []),
    ]);
    const own = added.filter((path) => !shown.has(path));
    const none =
      own.length === 0 &&
      watched.length === 0 &&
      drives?.every(({ packages }) => packages.length === 0) === true;
    // Examples are not shown to a person who has packages and has imported before.
    const shownExamples = none || imports === 0 ? (examples ?? []) : [];
    const first = [
      ...(drives ?? []).flatMap(({ packages }) => packages.map(({ path }) => path)),
      ...own,
      ...watched.flatMap(({ packages }) => packages),
      ...shownExamples,
    ][0];
    return { added: own, nothing: none, examples: shownExamples, first };
  }, [drives, watched, added, examples, imports]);
}

/** Watched folders are read again when the window gets the focus, because a package may have arrived meanwhile. */
function lookAgain(): void {
  void usePackages.getState().lookIntoFolders(useSettings.getState().settings?.watchedFolders ?? []);
  void usePackages.getState().lookAgain();
}

function useCommands({ chooseFiles, chooseFolder, choosePlan }: Choosing): void {
  const text = useText();
  useEffect(
    () =>
      useApp.getState().addCommands([
        { id: 'choose-files', label: text('packages.chooseFiles'), keys: 'Ctrl O', run: chooseFiles },
        { id: 'watch-folder', label: text('packages.watchFolder'), run: chooseFolder },
        { id: 'open-plan', label: text('plan.open'), run: choosePlan },
        { id: 'clear-choice', label: text('packages.clearChoice'), run: usePackages.getState().clearChoice },
      ]),
    [text, chooseFiles, chooseFolder, choosePlan],
  );
}
