// `inventory`: what the image side of a target holds, small enough to carry to the connected side.
import { toProblem } from '../../core/engine.js';
import type { SiteInventoryRequest } from '../../core/contract.js';
import type { Command } from '../command.js';
import { problemText } from '../display/text/problem-text.js';
import { siteInventoryText } from '../display/pack-text.js';
import { EXIT } from '../exit-codes.js';
import { credentialOptions } from '../options/credentials.js';
import { networkOptions } from '../options/network.js';
import { inventoryFileOptions, readInventoryFile } from '../options/output.js';
import { patienceOption, readPatience } from '../options/run.js';
import { namingOptions, targetOptions } from '../options/target.js';
import { given } from '../options/values.js';
import { writeSignedFile } from '../report/report-file.js';
import { readTarget } from '../target-spec.js';

export const inventoryCommand: Command = {
  meta: {
    name: 'inventory',
    summary: 'cli.inventory.summary',
    examples: [
      'inventory --registry https://registry.local --out site.json',
      'inventory -c clusterConfig.yaml --out site.json --sign-key site.pem',
    ],
    groups: [
      inventoryFileOptions,
      { heading: 'cli.group.run', options: [patienceOption] },
      ...[targetOptions, namingOptions, credentialOptions, networkOptions],
    ],
    failureJson: (problem) => ({
      ...{ schema: 'archbridge.site-inventory/1', made: '', target: '', repositories: [] },
      problems: [problem],
    }),
  },
  async handler(context, _operands, values) {
    const { display, language, signal } = context;
    const file = await readInventoryFile(values, context);
    const { target, notes } = await readTarget(values, context);
    for (const note of notes) display.note(problemText(toProblem(note, language), language));
    const request = given<SiteInventoryRequest>({ target, patience: readPatience(values) });
    const answer = await context
      .engine()
      .inventory(request, { signal, onEvent: (event) => display.event(event) });
    if (!answer.ok) return answer;
    const inventory = answer.value;
    await writeSignedFile(file.path, `${JSON.stringify(inventory)}\n`, file.signingKey);
    return {
      ok: true,
      value: {
        code: EXIT.done,
        json: inventory,
        text: () => siteInventoryText(inventory, file, context),
        complaints: () => inventory.problems.map((problem) => problemText(problem, language)),
      },
    };
  },
};
