// Keeps the session of the window over a reload, and preselects the target that was used last.
import type { RememberedTarget } from '../core/contract.js';
import { useApp } from './stores/app.js';
import { usePackages } from './stores/packages/packages.js';
import { usePlan } from './stores/plan/plan.js';
import { useReport } from './stores/report.js';
import { readSession, type Session } from './stores/session.js';
import { useSettings } from './stores/settings.js';
import { lastTarget, remember } from './stores/target/target-spec.js';
import { useTarget } from './stores/target/target.js';

const KEY = 'archbridge-session';

/** To be called once packages and settings are known, and before a run of the host is shown. */
export async function restoreSession(): Promise<void> {
  const session = readSession(sessionStorage.getItem(KEY));
  const target = targetOf(session);
  // A target that the person has chosen meanwhile stays chosen.
  if (target !== null && useTarget.getState().current === null) useTarget.getState().choose(target);
  if (session !== null) await takeUp(session);
  for (const store of [useApp, usePackages, useTarget, usePlan, useReport]) store.subscribe(keep);
  // what changed in the last moment before a reload counts, too
  addEventListener('pagehide', write);
}

async function takeUp({ chosen, also, decisions, decisionsBeside, screen, report }: Session): Promise<void> {
  await usePackages.getState().list(chosen, 'added');
  const { known, choose, keep } = usePackages.getState();
  for (const path of chosen) {
    if (known[path]) choose(path, true);
    else keep(path);
  }
  useTarget.setState({ also });
  usePlan.setState({ decisions, decisionsBeside });
  if (screen === 'report' && report !== null) await useReport.getState().open(report);
  useApp.getState().show(screen);
}

function targetOf(session: Session | null): RememberedTarget | null {
  const targets = useSettings.getState().settings?.targets ?? [];
  const store = useApp.getState().info?.defaultStore;
  const folder = store === undefined ? [] : [remember({ store }, '')];
  const chosen = [...targets, ...folder].find(({ id }) => id === session?.target);
  return chosen ?? lastTarget(targets);
}

let isWaiting = false;

/** Stores change often, so their values are written once for all changes of a moment. */
function keep(): void {
  if (isWaiting) return;
  isWaiting = true;
  setTimeout(() => {
    isWaiting = false;
    write();
  }, 200);
}

function write(): void {
  const session: Session = {
    screen: useApp.getState().screen,
    chosen: usePackages.getState().chosen,
    target: useTarget.getState().current?.id ?? null,
    also: useTarget.getState().also,
    decisions: usePlan.getState().decisions,
    decisionsBeside: usePlan.getState().decisionsBeside,
    report: useReport.getState().report?.run ?? null,
  };
  sessionStorage.setItem(KEY, JSON.stringify(session));
}
