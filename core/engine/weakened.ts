// Lists the options in use that weaken safety, by their names on the command line; plans and reports show them.
import type { PlanRequest } from '../contract.js';

export function weakeningOptions(request: Omit<PlanRequest, 'target'>): readonly string[] {
  return [
    ...(request.acceptUnproven ? ['--accept-unproven'] : []),
    ...(request.allowMislabelled ? ['--allow-mislabelled'] : []),
    ...(request.onChange === 'replace' ? ['--on-change replace'] : []),
    ...(request.onChartChange === 'replace' ? ['--on-chart-change replace'] : []),
  ];
}
