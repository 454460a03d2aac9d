// The counters of a run: they report each blob's end once, uploads under way, and totals that count each blob once.
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import type { RunEvent } from '../../../core/contract.js';
import { Counters } from '../../../core/run/base/counters.js';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((text) => digestOf(Buffer.from(text)));

function counters(): { readonly events: RunEvent[]; readonly counted: Counters } {
  const events: RunEvent[] = [];
  return { events, counted: new Counters((event) => events.push(event)) };
}

function ends(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'blobs' ? event.ended.map(({ digest, state }) => `${digest} ${state}`) : [],
  );
}

describe('the counters of a run', () => {
  it('report the end of every blob once', () => {
    const { events, counted } = counters();
    counted.skipped(a!, 10);
    counted.skipped(a!, 10);
    counted.mounted(b!, 20);
    counted.sending(c!, 30, 30);
    counted.sent(c!, 30);
    counted.sending(d!, 5, 40);
    counted.failed(d!);
    counted.tellRest();
    counted.tellRest();
    expect(ends(events).toSorted()).toEqual(
      [`${a!} there`, `${b!} mounted`, `${c!} sent`, `${d!} failed`].toSorted(),
    );
    expect(counted.totals()).toMatchObject({ bytesSent: 30, bytesMounted: 20, bytesSkipped: 10 });
  });

  it('report the progress of an upload, never beyond its size', () => {
    const { events, counted } = counters();
    counted.tellRest();
    counted.sending(a!, 60, 100);
    counted.sending(a!, 60, 100);
    counted.sending(null, 1000, 0);
    counted.tellRest();
    const last = events.findLast((event) => event.type === 'blobs');
    expect(last).toMatchObject({ uploads: [{ digest: a, sent: 100, bytes: 100 }] });
    counted.sent(a!, 100);
    counted.tellRest();
    expect(events.findLast((event) => event.type === 'blobs')).toMatchObject({ uploads: [] });
  });
});
