// A hook with the steps for the stores' current values.
import { useMemo } from 'react';
import { imageNeedsAttention } from '../../core/contract.js';
import { useApp } from '../stores/app.js';
import { useCompare } from '../stores/compare/compare.js';
import { decidedImages } from '../stores/compare/decided-cells.js';
import { usePackages } from '../stores/packages/packages.js';
import { usePlan } from '../stores/plan/plan.js';
import { useReport } from '../stores/report.js';
import { isGoingOn, useRun } from '../stores/run/run.js';
import { useTarget } from '../stores/target/target.js';
import { stepsOf, type Step } from './steps.js';

/** The six steps for the stores' current values. */
export function useSteps(): readonly Step[] {
  const screen = useApp((state) => state.screen);
  const packages = usePackages(({ chosen }) => chosen.length);
  const target = useTarget(({ current }) => current !== null);
  const coverage = useCompare((state) => state.coverage);
  const planned = usePlan(({ plan }) => plan !== null);
  const runPercent = useRun(runPercentOf);
  const reported = useReport(({ report }) => report !== null);
  const decisions = usePlan((state) => state.decisions);
  const attention = useMemo(
    () => (coverage === null ? null : decidedImages(coverage, decisions).filter(imageNeedsAttention).length),
    [coverage, decisions],
  );
  return useMemo(
    () => stepsOf({ screen, packages, target, attention, planned, runPercent, reported }),
    [screen, packages, target, attention, planned, runPercent, reported],
  );
}

function runPercentOf(state: ReturnType<typeof useRun.getState>): number | null {
  const { call, progress, several } = state;
  if (call === null) return null;
  if (!isGoingOn(state)) return 100;
  const all = several.length > 0 ? several.map((one) => one.progress.done) : [progress.done];
  const done = all.reduce((sum, one) => sum + one, 0) / all.length;
  return Math.min(99, Math.floor(done * 100));
}
