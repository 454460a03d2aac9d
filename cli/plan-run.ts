// What `plan` and `import --dry-run` share: making the plan, and the output about it.
import type { PlanRequest, Result } from '../core/contract.js';
import type { CommandContext, Outcome } from './command.js';
import { planComplaints, planText } from './display/plan-text.js';
import { exitCodeForPlan } from './exit-codes.js';
import { writeWholeFile } from './text-file.js';

/** Makes the plan and writes it to a file where one is named. Throws `cli.plan-not-written`. */
export async function runPlan(
  context: CommandContext,
  request: PlanRequest,
  file?: string,
): Promise<Result<Outcome>> {
  const { display, signal } = context;
  const answer = await context.engine().plan(request, { signal, onEvent: (event) => display.event(event) });
  if (!answer.ok) return answer;
  const plan = answer.value;
  if (file !== undefined)
    await writeWholeFile(file, `${JSON.stringify(plan, null, 2)}\n`, 'cli.plan-not-written');
  return {
    ok: true,
    value: {
      code: exitCodeForPlan(plan),
      json: plan,
      text: () => planText(plan, context, file),
      complaints: () => planComplaints(plan, context),
    },
  };
}
