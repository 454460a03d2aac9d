// docs/cli.md and docs/cli.zh-CN.md say what the commands say of themselves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliReference } from '../../build/cli-reference.mjs';
import { commands } from '../../cli/commands/all.js';
import { generalOptions } from '../../cli/options/output.js';
import type { Language } from '../../core/contract.js';
import { textFor } from '../../core/engine.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

const PAGES: readonly (readonly [string, Language])[] = [
  ['cli.md', 'en'],
  ['cli.zh-CN.md', 'zh-CN'],
];

describe.each(PAGES)('docs/%s', (name, language) => {
  it('is what `npm run build && node build/cli-reference.mjs` writes', async () => {
    const textOf = (key: Parameters<typeof textFor>[0], of: Language): string => textFor(key, {}, of);
    const wanted = await cliReference(commands, generalOptions, textOf, language);
    expect(readFileSync(join(PROJECT_ROOT, 'docs', name), 'utf8')).toBe(wanted);
    for (const { meta } of commands) expect(wanted).toContain(`\n## ${meta.name}\n`);
    expect(wanted).toContain('`--registry <url>`');
  });
});
