// `inspect`: what is inside a package, and whether it is whole.
import type { Command } from '../command.js';
import { inventoryText } from '../display/inventory-text.js';
import { problemText } from '../display/text/problem-text.js';
import { exitCodeForInventory } from '../exit-codes.js';
import { inspectOptions, readInspect } from '../options/run.js';

export const inspectCommand: Command = {
  meta: {
    name: 'inspect',
    operand: { name: '<package...>', text: 'cli.operand.packages' },
    summary: 'cli.inspect.summary',
    examples: ['inspect addon-amd64.tar.gz', 'inspect addon-amd64.tar.gz --sha512 addon-amd64.sha512 --json'],
    groups: [inspectOptions],
    failureJson: (problem) => ({ schema: 'archbridge.inventory/1', packages: [], problems: [problem] }),
  },
  async handler(context, operands, values) {
    const { display, signal } = context;
    const request = { packages: operands, ...readInspect(values) };
    const answer = await context
      .engine()
      .inspect(request, { signal, onEvent: (event) => display.event(event) });
    if (!answer.ok) return answer;
    const inventory = answer.value;
    const problems = inventory.packages.flatMap((found) => [
      ...found.problems,
      ...found.charts.flatMap((chart) => chart.problems),
      ...found.images.flatMap((image) => image.problem ?? []),
    ]);
    return {
      ok: true,
      value: {
        code: exitCodeForInventory(inventory),
        json: inventory,
        text: () => inventoryText(inventory, context),
        complaints: () => [
          ...new Set(
            [...inventory.problems, ...problems].map((problem) => problemText(problem, context.language)),
          ),
        ],
      },
    };
  },
};
