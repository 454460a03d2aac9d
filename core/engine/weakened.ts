// Options that weaken safety, by their names on the command line: every plan and report names them.
import type { PlanRequest } from '../contract.js';

export function weakeningOptions(request: Omit<PlanRequest, 'target'>): readonly string[] {
  return [
    ...(request.acceptUnproven ? ['--accept-unproven'] : []),
    ...(request.allowMislabelled ? ['--allow-mislabelled'] : []),
    ...(request.onChange === 'replace' ? ['--on-change replace'] : []),
    ...(request.onChartChange === 'replace' ? ['--on-chart-change replace'] : []),
  ];
}
