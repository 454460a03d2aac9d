// The errors of planning a chart; each of them blocks that chart alone.
import { AppError } from '../../errors.js';

type PlanCode =
  | 'chart.hint-malformed'
  | 'chart.hint-value-missing'
  | 'chart.reference-illegal'
  | 'chart.hint-literal-name'
  | 'chart.hint-not-read'
  | 'chart.value-conflict'
  | 'chart.target-collision';

/** Of origin `package`. */
export function planProblem(code: PlanCode, params: Readonly<Record<string, string>>): AppError {
  return new AppError(code, { origin: 'package', params });
}
