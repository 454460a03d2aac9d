// Runs every command of a document and compares its output with what the document shows below it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleSteps, isAsShown, type RunIds } from '../support/console-story.js';
import { packageContents, type PackageContents } from '../support/golden-site.js';
import { PROJECT_ROOT } from '../support/source-tree.js';
import { openStorySite, type StorySite } from '../support/story-site.js';

export function readDocument(file: string): string {
  return readFileSync(join(PROJECT_ROOT, 'docs', file), 'utf8');
}

/** Defines the tests of `docs/<file>`, one for each command; `lang`: value of the environment variable LANG. */
export function retell(file: string, lang: string): void {
  describe(`docs/${file}`, () => {
    const document = readDocument(file);
    const runs: RunIds = new Map();
    let contents: PackageContents;
    let site: StorySite;

    beforeAll(async () => {
      contents = await packageContents();
      site = await openStorySite(lang, contents);
      // Files that the commands read begin with a comment with their name.
      for (const [, name = '', text = ''] of document.matchAll(/^```yaml\n# (\S+)\n(.*?)^```/gms)) {
        await site.write(name, text);
      }
    }, 120_000);
    afterAll(async () => {
      await site.close();
      await contents.close();
    });

    it.each(consoleSteps(document).map((step) => [`line ${step.line}: ${step.command}`, step] as const))(
      '%s',
      async (_, { command, output }) => {
        const printed = await site.run(command);
        // Compared as text only to show the difference.
        if (!isAsShown(output, printed, runs)) expect(printed).toBe(output.join('\n'));
      },
    );
  });
}
