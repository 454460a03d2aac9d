// The English upgrade guide shows what the product prints.
import { expect, it } from 'vitest';
import { consoleSteps } from '../support/console-story.js';
import { readDocument, retell } from './retell.js';

retell('upgrade.md', 'en_US.UTF-8');

it('has the same commands in both languages', () => {
  const [english, chinese] = ['upgrade.md', 'upgrade.zh-CN.md'].map((file) =>
    consoleSteps(readDocument(file)).map(({ command }) => command),
  );
  expect(english?.length).toBeGreaterThan(20);
  expect(chinese).toEqual(english);
});
