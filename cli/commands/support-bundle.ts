// `support-bundle`: one file with logs, journals and facts about this computer, for those who help; secrets are removed.
import type { Command } from '../command.js';
import { supportText } from '../display/support-text.js';
import { EXIT } from '../exit-codes.js';
import { textOf } from '../options/values.js';

export const supportBundleCommand: Command = {
  meta: {
    name: 'support-bundle',
    summary: 'cli.support.summary',
    examples: ['support-bundle', 'support-bundle --output /mnt/usb/archbridge-support.tar.gz'],
    groups: [
      {
        heading: 'cli.group.support',
        options: [{ flags: '--output <file>', text: 'cli.opt.support-output' }],
      },
    ],
    failureJson: (problem) => ({
      schema: 'archbridge.support-bundle/1',
      file: '',
      bytes: 0,
      files: [],
      problems: [problem],
    }),
  },
  async handler(context, _operands, values) {
    const file = textOf(values, 'output') ?? 'archbridge-support.tar.gz';
    const answer = await context.engine().supportBundle({ file }, { signal: context.signal });
    if (!answer.ok) return answer;
    const bundle = answer.value;
    return {
      ok: true,
      value: {
        code: EXIT.done,
        json: bundle,
        text: () => supportText(bundle, context),
        complaints: () => [],
      },
    };
  },
};
