// `pack`: one package of several that can be carried to a site; with --since only what the site lacks.
import type { Packed, PackRequest } from '../../core/contract.js';
import type { Command } from '../command.js';
import { packText } from '../display/pack-text.js';
import { problemText } from '../display/text/problem-text.js';
import { exitCodeForPacked } from '../exit-codes.js';
import { packFileOptions, readPackFile } from '../options/output.js';
import { readReading, readingOptions } from '../options/run.js';
import { given, listOf } from '../options/values.js';
import { readSelection, whatOptions } from '../options/what.js';

export const packCommand: Command = {
  meta: {
    name: 'pack',
    operand: { name: '<package...>', text: 'cli.pack.operand' },
    summary: 'cli.pack.summary',
    examples: [
      'pack addon-v0.11.0-amd64.tar.gz addon-v0.11.0-arm64.tar.gz --out addon-v0.11.0.tar',
      'pack addon-v0.11.0-*.tar.gz --since addon-v0.9.0-amd64.tar.gz --since addon-v0.9.0-arm64.tar.gz --out delta.tar',
      'pack addon-v0.11.0-*.tar.gz --since site.json --out delta.tar',
      'pack ./archbridge-store --only harvest --out harvest.tar',
    ],
    groups: [packFileOptions, whatOptions, readingOptions],
    failureJson: (problem): Omit<Packed, 'problems'> & { readonly problems: readonly unknown[] } => ({
      ...{ schema: 'archbridge.packed/1', out: '', bytes: 0, sha512: '', packages: [], since: [] },
      ...{ charts: 0, images: 0, platforms: [], blobs: 0, blobBytes: 0, leftOut: 0, leftOutBytes: 0 },
      problems: [problem],
    }),
  },
  async handler(context, operands, values) {
    const { display, signal } = context;
    const out = await readPackFile(values);
    const selection = await readSelection(values, {}, context);
    const since = listOf(values, 'since');
    const request = given<PackRequest>({
      ...{ packages: operands, out, selection, since: since.length === 0 ? undefined : since },
      ...readReading(values),
    });
    const answer = await context.engine().pack(request, { signal, onEvent: (event) => display.event(event) });
    if (!answer.ok) return answer;
    const packed = answer.value;
    return {
      ok: true,
      value: {
        code: exitCodeForPacked(packed),
        json: packed,
        text: () => packText(packed, context),
        complaints: () => packed.problems.map((problem) => problemText(problem, context.language)),
      },
    };
  },
};
