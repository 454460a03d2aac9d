// Connects the stores with the host: loads its state, passes its events on, and drops results that have become outdated.
import { notifications } from '@mantine/notifications';
import type { AppEvent } from '../core/contract.js';
import { ask, getBridge } from './bridge.js';
import { say, speak, type TextKey } from './i18n/i18n.js';
import { restoreSession } from './restore.js';
import { useApp } from './stores/app.js';
import { useCompare } from './stores/compare/compare.js';
import { useLog } from './stores/log.js';
import { usePackages } from './stores/packages/packages.js';
import { usePlan } from './stores/plan/plan.js';
import { useReport } from './stores/report.js';
import { isGoingOn, useRun } from './stores/run/run.js';
import { languageOf, useSettings } from './stores/settings.js';
import { placeOf } from './stores/target/target-spec.js';
import { isOnlyLook, targetsInHand } from './stores/target/targets-of-import.js';
import { useTarget } from './stores/target/target.js';

/** Connects the stores with the host and loads what they show first. To be called once. */
export async function start(): Promise<void> {
  getBridge().onEvent(hear);
  dropWhatIsOutdated();
  useSettings.subscribe(speakAsSet);
  const [info] = await Promise.all([ask('info', null), useSettings.getState().load()]);
  if (info.ok) useApp.setState({ info: info.value });
  else useApp.setState({ engineLost: true });
  speakAsSet();
  watchPackages();
  await Promise.all([findPackages(), useReport.getState().loadHistory()]);
  await restoreSession();
  await adoptRun();
}

async function findPackages(): Promise<void> {
  const { list, lookForDrives, lookIntoFolders } = usePackages.getState();
  const settings = useSettings.getState().settings;
  await Promise.all([
    lookForDrives(),
    lookIntoFolders(settings?.watchedFolders ?? []),
    list(settings?.recentPackages ?? [], 'added'),
    list(useApp.getState().info?.examples ?? [], 'examples'),
  ]);
}

/** Milliseconds between two looks at the chosen packages. */
const LOOK_EVERY = 5_000;

/** Chosen packages may be deleted or changed at any time; only a window that is seen looks. */
function watchPackages(): void {
  setInterval(() => {
    if (document.visibilityState === 'visible') void usePackages.getState().lookAgain();
  }, LOOK_EVERY);
}

/** Shows a run that another window started, or this window before it was loaded again. */
async function adoptRun(): Promise<void> {
  await useRun.getState().follow();
  if (isGoingOn(useRun.getState())) useApp.getState().show('run');
}

function speakAsSet(): void {
  const system = useApp.getState().info?.language ?? 'en';
  const language = languageOf(useSettings.getState().settings, system);
  if (document.documentElement.lang === language) return;
  document.documentElement.lang = language;
  speak(language);
}

function hear(event: AppEvent): void {
  switch (event.type) {
    case 'run':
    case 'run-ended':
      useRun.getState().hear(event);
      if (event.type === 'run-ended') afterRun();
      return;
    case 'drives':
      return usePackages.getState().takeDrives(event.drives);
    case 'files-opened':
      usePackages.getState().add(event.paths);
      return useApp.getState().show('packages');
    case 'engine-lost':
      useApp.setState({ engineLost: !event.restarted });
      if (event.restarted) void adoptRun();
      return;
    case 'log':
      return useLog.getState().hear(event.line);
  }
}

/** A run or undo has changed its target: what was read of the target before is dropped, with a notice. */
function afterRun(): void {
  void useReport.getState().loadHistory();
  const { request, several } = useRun.getState();
  const targets =
    several.length > 0 ? several.map((one) => one.request.target) : request ? [request.target] : [];
  const chosen = targetsInHand().map(({ spec }) => placeOf(spec));
  if (!targets.some((one) => chosen.includes(placeOf(one)))) return;
  dropWith('frame.droppedByRun');
}

function dropWith(notice: TextKey): void {
  const had = useCompare.getState().coverage !== null || usePlan.getState().plan !== null;
  useCompare.getState().drop();
  usePlan.getState().drop();
  if (!had) return;
  const closeButtonProps = { 'aria-label': say('action.close') };
  notifications.show({ message: say(notice), autoClose: 10_000, closeButtonProps });
}

/** When packages or target change, comparison and plan are outdated and are dropped, with a notice. */
function dropWhatIsOutdated(): void {
  const drop = (): void => dropWith('frame.dropped');
  usePackages.subscribe((now, before) => {
    if (now.chosen !== before.chosen) drop();
  });
  useTarget.subscribe((now, before) => {
    if (now.current !== null && before.current !== null && isOnlyLook(now, before)) {
      useCompare.getState().swap(before.current.id, now.current.id);
      usePlan.getState().swap(before.current.id, now.current.id);
      return;
    }
    const same = now.current?.id === before.current?.id;
    if (!same || now.current?.spec !== before.current?.spec) return drop();
    const wanted =
      now.current?.skippedCharts === before.current?.skippedCharts &&
      now.current?.platforms === before.current?.platforms;
    if (!wanted) usePlan.getState().outdate();
  });
}
