// Lists the options in use that weaken safety, by their names on the command line; plans and reports show them.
import type { PlanRequest, TargetSpec } from '../contract.js';

/** The target's own: they hold for every command that speaks to it. */
export function weakeningOptions(
  request: Omit<PlanRequest, 'target'>,
  target: Pick<TargetSpec, 'tls'>,
): readonly string[] {
  return [
    ...(target.tls?.skipVerify ? ['--insecure-skip-tls-verify'] : []),
    ...(request.acceptUnproven ? ['--accept-unproven'] : []),
    ...(request.allowMislabelled ? ['--allow-mislabelled'] : []),
    ...(request.onChange === 'replace' ? ['--on-change replace'] : []),
    ...(request.onChartChange === 'replace' ? ['--on-chart-change replace'] : []),
  ];
}
