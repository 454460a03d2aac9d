// An import into several targets through the service behind the window, over the real engine.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EXAMPLES, nextCall, openAppBench, runEvents } from '../support/app-bench.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

it('is a run for each from one call, told to a window that opens late, and undone in each', async () => {
  const app = openAppBench(scratch());
  const asked = ['one', 'two'].map((name) => ({
    packages: EXAMPLES,
    target: { store: join(app.folder, name) },
  }));
  // Each target has a plan of its own.
  const requests = await Promise.all(
    asked.map(async (request) => ({ ...request, plan: await app.ask('plan', request) })),
  );
  const call = nextCall();
  const answers = await app.ask('importSeveral', { requests }, call);
  expect(answers.map((answer) => answer.ok && answer.value.result)).toEqual(['done', 'done']);
  const calls = [call, `${call}/1`];
  for (const [at, one] of calls.entries()) {
    expect(runEvents(app.events, one).map(({ type }) => type)).toContain('image');
    expect(app.events).toContainEqual({ type: 'run-ended', call: one, result: answers[at] });
  }
  const active = await app.ask('activeRun', null);
  const all = active === null ? [] : [active, ...active.others];
  expect(all.map((one) => [one.call, one.request, one.result])).toEqual(
    calls.map((one, at) => [one, requests[at], answers[at]]),
  );
  const [first] = requests;
  const differing = [...requests, { packages: EXAMPLES.slice(1), target: first?.target ?? { store: '' } }];
  expect(await app.refusal('importSeveral', { requests: differing })).toMatchObject({
    code: 'import.packages-differ',
  });
  expect(app.service.isRunGoingOn).toBe(false);
  const undos = answers.flatMap((answer, at) =>
    answer.ok ? [{ runs: [answer.value.run], target: asked[at]?.target ?? { store: '' } }] : [],
  );
  const undone = await app.ask('undoSeveral', { requests: undos }, nextCall());
  expect(undone.map((answer) => answer.ok && [answer.value.kind, answer.value.target.location])).toEqual(
    asked.map(({ target }) => ['undo', target.store]),
  );
  expect(undone.every((answer) => answer.ok && answer.value.result === 'done')).toBe(true);
});
