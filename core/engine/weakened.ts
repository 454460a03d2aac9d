// Lists the options in use that weaken safety, by their names on the command line; plans and reports show them.
import type { PlanRequest, TargetSpec } from '../contract.js';

/** The options of the request, and those of the target, which apply to every command that uses the target. */
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
