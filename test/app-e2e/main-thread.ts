// How long the page's main thread was busy without a pause, as Chromium traces it: in thread time, so that other programs on a busy
// computer do not count, and as the clock saw it.
import type { CDPSession, Page } from '@playwright/test';
import { z } from 'zod';

export interface MainThreadTask {
  /** Milliseconds that the thread worked. */
  readonly busy: number;
  /** Milliseconds that passed. */
  readonly clock: number;
}

const eventSchema = z.looseObject({
  name: z.string(),
  pid: z.number(),
  tid: z.number(),
  dur: z.number().optional(),
  tdur: z.number().optional(),
  args: z.looseObject({ name: z.string().optional() }).optional(),
});
type TraceEvent = z.infer<typeof eventSchema>;

/** Begins to watch; the answer ends it and tells every task, longest first. https://www.w3.org/TR/longtasks-1/ calls those above 50 long. */
export async function watchMainThread(page: Page): Promise<() => Promise<readonly MainThreadTask[]>> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    events.push(...z.array(eventSchema).parse(value));
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', '__metadata'], excludedCategories: ['*'] },
  });
  return async () => {
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await complete;
    await session.detach();
    return tasksOf(events);
  };
}

function tasksOf(events: readonly TraceEvent[]): readonly MainThreadTask[] {
  const main = new Set(
    events.filter(({ args }) => args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return events
    .filter(({ name, pid, tid }) => name === 'ThreadControllerImpl::RunTask' && main.has(`${pid} ${tid}`))
    .map(({ dur = 0, tdur = 0 }) => ({ busy: tdur / 1000, clock: dur / 1000 }))
    .sort((a, b) => b.busy - a.busy);
}
