// How long the page's main thread was busy in one task, from Chromium's trace: in thread time, which other programs on a busy
// computer do not change, and in wall-clock time.
import type { CDPSession, Page } from '@playwright/test';
import { z } from 'zod';

export interface MainThreadTask {
  /** Milliseconds of thread time. */
  readonly busy: number;
  /** Milliseconds of wall-clock time. */
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

/**
 * Starts the trace; the returned function ends it and returns every task, longest first. https://www.w3.org/TR/longtasks-1/ calls
 * tasks above 50 ms long.
 */
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
