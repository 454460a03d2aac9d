// A registry that goes away in the middle of a run: the run waits for it, says so, and goes on by itself when it is back.
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ImportRequest, Report, RunEvent } from '../../core/contract.js';
import { digestOf } from '../../core/content/digest.js';
import { Patience } from '../../core/flow/patience.js';
import { createRegistryTarget } from '../../core/registry/registry-target.js';
import { startFront, type Alter, type Front } from '../support/registry-front.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { startReplay } from '../support/replay.js';
import { actions, openBench, packagePath, type Bench } from '../support/seed.js';
import { streamOf } from '../registry/sample-image.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const packages = [packagePath('v0.9.0-amd64')];
const page = {
  status: 503,
  headers: { 'content-type': 'text/html' },
  body: '<html><title>503 Service Unavailable</title></html>',
};

/** Imports; `during` gets every event with the id of the run. */
async function run(
  request: ImportRequest,
  during: (event: RunEvent, run: string, stop: () => void) => void,
): Promise<{ report: Report; events: readonly RunEvent[] }> {
  const events: RunEvent[] = [];
  const stop = new AbortController();
  let id = '';
  const answer = await bench.engine.import(request, {
    signal: stop.signal,
    onEvent: (event) => {
      events.push(event);
      if (event.type === 'run-started') id = event.run;
      during(event, id, () => stop.abort());
    },
  });
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
  return { report: answer.value, events };
}

async function behind(alter: Alter): Promise<Front> {
  const registry = await startRegistry({ version: 3 });
  endings.push(() => registry.stop());
  const front = await startFront(registry.url, alter);
  endings.push(() => front.stop());
  return front;
}

/** A registry that answers 503 for everything from the fifth PUT until `back` is called. */
async function away(): Promise<{ front: Front; back: () => void }> {
  let puts = 0;
  let isBack = false;
  const front = await behind(({ method }, pass) => {
    if (method === 'PUT') puts += 1;
    return puts >= 5 && !isBack ? Promise.resolve(page) : pass();
  });
  return { front, back: () => (isBack = true) };
}

describe('a registry that is restarted in the middle of an import', () => {
  it.each([2, 3] as const)('(distribution %i) costs the import nothing but the time', async (version) => {
    const storageDir = join(bench.directory, `storage-${String(version)}`);
    let registry: RunningRegistry | null = await startRegistry({ version, storageDir });
    endings.push(async () => registry?.stop());
    const { url } = registry;
    const port = Number(new URL(url).port);
    let isStopped = false;
    const { report, events } = await run({ packages, target: { registry: url }, reread: true }, (event) => {
      if (event.type === 'blobs' && !isStopped) {
        isStopped = true;
        void registry?.stop();
      }
      if (event.type === 'away') {
        void startRegistry({ version, storageDir, port }).then((again) => (registry = again));
      }
    });
    expect(isStopped).toBe(true);
    expect(report).toMatchObject({ result: 'done', problems: [] });
    expect(actions(report.images)).toEqual({ push: report.images.length });
    const away = events.find((event) => event.type === 'away');
    expect(away).toMatchObject({
      host: new URL(url).host,
      problem: { code: expect.stringMatching(/^registry\.unreachable/) as string },
    });
    expect(events.filter(({ type }) => type === 'back')).toHaveLength(1);
  });
});

describe('a proxy that answers 503 for everything', () => {
  it('is waited for by all requests together; Try now ends the wait', async () => {
    const { front, back } = await away();
    const { report, events } = await run(
      { packages, target: { registry: front.url }, reread: true },
      (event, id) => {
        if (event.type !== 'away') return;
        back();
        expect(bench.engine.tryNow(id)).toBe(true);
      },
    );
    expect(report.result).toBe('done');
    expect(events.filter(({ type }) => type === 'away')).toHaveLength(1);
    expect(bench.engine.tryNow('no-such-run')).toBe(false);
  });

  it('ends the run at once without patience, and the next run brings the rest', async () => {
    const { front, back } = await away();
    const target = { registry: front.url };
    const { report, events } = await run({ packages, target, patience: 0 }, () => undefined);
    expect(report.problems.map(({ code }) => code)).toEqual(['registry.stayed-away']);
    expect(report.result).not.toBe('done');
    expect(events.filter(({ type }) => type === 'away')).toEqual([]);
    back();
    expect((await run({ packages, target }, () => undefined)).report.result).toBe('done');
  });

  it('is no longer waited for when the run is cancelled', async () => {
    let isAway = false;
    const front = await behind((_request, pass) => (isAway ? Promise.resolve(page) : pass()));
    const { report } = await run(
      { packages, target: { registry: front.url }, reread: true },
      (event, _id, stop) => {
        if (event.type === 'blobs') isAway = true;
        if (event.type === 'away') stop();
      },
    );
    expect(report.result).toBe('cancelled');
  });
});

describe('a registry that fails for one blob only', () => {
  it('is not away: the others go on, and the blob is sent again', async () => {
    let left = 2;
    const front = await behind(({ method, path }, pass) => {
      if (method !== 'PUT' || !path.includes('/blobs/') || left === 0) return pass();
      left -= 1;
      return Promise.resolve(page);
    });
    const { report, events } = await run(
      { packages, target: { registry: front.url, noCharts: true }, reread: true },
      () => undefined,
    );
    expect(report.result).toBe('done');
    expect(events.filter(({ type }) => type === 'away')).toEqual([]);
    expect(events.find(({ type }) => type === 'retried')).toMatchObject({
      retries: 1,
      problem: { code: 'registry.server-error' },
    });
    expect(report.totals.retries).toBe(2);
  });
});

describe('a server that hangs while it takes a large blob', () => {
  it('is found to be away long before the answer to the upload would be given up', async () => {
    const large = Buffer.alloc(200_000, 'x');
    let isHung = false;
    const told: string[] = [];
    const server = await startReplay(({ method }) => {
      if (method === 'PUT' && told.length === 0) isHung = true;
      if (isHung) return new Promise(() => undefined);
      if (method === 'POST') return { status: 202, headers: { location: '/upload' } };
      return { status: method === 'PUT' ? 201 : 200 };
    });
    endings.push(() => server.stop());
    const patience = new Patience(60_000, undefined, {
      onAway: () => {
        isHung = false;
        told.push('away');
      },
      onBack: () => told.push('back'),
    });
    const target = createRegistryTarget({ url: server.url, patience, timeouts: { headers: 100 } });
    endings.push(() => target.close());
    const never = { signal: new AbortController().signal };
    await target.ping(never);
    await target.putBlob('a/b', digestOf(large), large.length, large, never);
    expect(told).toEqual(['away', 'back']);
  });
});

describe('a server that hangs', () => {
  it.each(['bytes', 'a stream'])('is away after its timeout; %s', async (kind) => {
    const x = Buffer.from('x');
    let isHung = false;
    const told: string[] = [];
    const server = await startReplay(({ method }) => {
      if (isHung) return new Promise(() => undefined);
      isHung = method === 'POST' && told.length === 0;
      if (method === 'POST') return { status: 202, headers: { location: '/upload' } };
      return { status: method === 'PUT' ? 201 : 200 };
    });
    endings.push(() => server.stop());
    const patience = new Patience(60_000, undefined, {
      onAway: ({ reason }) => {
        isHung = false;
        told.push(reason.message);
      },
      onBack: () => told.push('back'),
    });
    const target = createRegistryTarget({ url: server.url, patience, timeouts: { headers: 100 } });
    endings.push(() => target.close());
    const never = { signal: new AbortController().signal };
    await target.ping(never);
    const body = kind === 'bytes' ? x : streamOf(x);
    const put = target.putBlob('a/b', digestOf(x), 1, body, never);
    // a stream cannot be sent twice, but its upload does not end before the registry is back
    if (kind === 'bytes') await put;
    else await expect(put).rejects.toMatchObject({ code: 'registry.upload-interrupted' });
    expect(told).toEqual([expect.stringContaining('did not answer in time'), 'back']);
  });
});
