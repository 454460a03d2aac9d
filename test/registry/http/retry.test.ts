// Repeating requests: how often, after which pause, and for which errors.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import { AppError } from '../../../core/errors.js';
import { Patience } from '../../../core/flow/patience.js';
import { createRegistryTarget } from '../../../core/registry/registry-target.js';
import { Refusal } from '../../../core/registry/http/refusal.js';
import { parseRetryAfter, withRetries } from '../../../core/registry/http/retry.js';
import { startReplay, type Answer } from '../../support/replay.js';
import { streamOf } from '../sample-image.js';

const never = { signal: new AbortController().signal };
const failure = (retryable: boolean): AppError =>
  new AppError('registry.server-error', { origin: 'registry', retryable, params: {} });

describe('withRetries', () => {
  it('makes one attempt more than there are pauses, and throws the last error', async () => {
    let made = 0;
    const told: AppError[] = [];
    const policy = {
      patience: new Patience(0),
      pauses: [1, 1],
      onRetry: (error: AppError) => told.push(error),
    };
    const attempt = (): Promise<never> => {
      made += 1;
      return Promise.reject(failure(true));
    };
    await expect(withRetries(policy, attempt, never)).rejects.toThrow(AppError);
    expect([made, told.length]).toEqual([3, 2]);
  });

  it('does not repeat what is permanent or not worthwhile or no AppError', async () => {
    const policy = { patience: new Patience(0), pauses: [1], onRetry: () => expect.unreachable() };
    await expect(withRetries(policy, () => Promise.reject(failure(false)), never)).rejects.toThrow(AppError);
    await expect(withRetries(policy, () => Promise.reject(new TypeError('x')), never)).rejects.toThrow(
      TypeError,
    );
    const options = { ...never, worthwhile: () => false };
    await expect(withRetries(policy, () => Promise.reject(failure(true)), options)).rejects.toThrow(AppError);
  });

  it('stops waiting when it is cancelled', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const policy = { patience: new Patience(0), pauses: [60_000], onRetry: () => undefined };
    const attempt = (): Promise<never> => Promise.reject(failure(true));
    await expect(withRetries(policy, attempt, { signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('a wait of minutes that a server asks for', () => {
  const busy = new Refusal(
    'registry.busy',
    { origin: 'registry', retryable: true, params: { host: 'registry.example', reason: 'slow down' } },
    { status: 429, codes: [], retryAfterMs: 600_000 },
  );
  const pauses = [1];
  const onRetry = (): void => undefined;

  it.each([0, 599_999])('is an error at once where only %i ms may be waited', async (limit) => {
    const policy = { pauses, onRetry, patience: new Patience(limit) };
    let made = 0;
    await expect(withRetries(policy, () => ((made += 1), Promise.reject(busy)), never)).rejects.toMatchObject(
      {
        code: 'registry.asks-to-wait',
        retryable: true,
        params: { host: 'registry.example', seconds: 600, reason: 'slow down' },
      },
    );
    expect(made).toBe(1);
  });

  it('is told and cancelled at once', async () => {
    const stop = new AbortController();
    const told: number[] = [];
    const patience = new Patience(600_000, ({ until }) => {
      told.push(until);
      stop.abort();
    });
    await expect(
      withRetries({ pauses, onRetry, patience }, () => Promise.reject(busy), stop),
    ).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(told).toHaveLength(1);
    expect(told[0]).toBeGreaterThan(Date.now() + 590_000);
  });

  it('takes none of the usual attempts, and its end gives the patience back', async () => {
    const waits: number[] = [];
    const patience = new (class extends Patience {
      override wait(ms: number): Promise<boolean> {
        waits.push(ms);
        return Promise.resolve(true);
      }
      override recovered(): void {
        waits.push(0);
      }
    })(0);
    const answers = [busy, busy, failure(true)];
    const attempt = (): Promise<string> => {
      const next = answers.shift();
      return next ? Promise.reject(next) : Promise.resolve('done');
    };
    expect(await withRetries({ pauses, onRetry, patience }, attempt, never)).toBe('done');
    expect(waits).toEqual([600_000, 600_000, 0]);
  });
});

describe('Retry-After', () => {
  it('reads seconds and dates', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 4e9 }), (seconds, epoch) => {
        const now = epoch * 1000;
        expect(parseRetryAfter(String(seconds), now)).toBe(seconds * 1000);
        expect(parseRetryAfter(new Date(now + seconds * 1000).toUTCString(), now)).toBe(seconds * 1000);
      }),
    );
    expect(parseRetryAfter('Sat, 01 Jan 2000 00:00:00 GMT', Date.now())).toBe(0);
    expect(parseRetryAfter('soon', 0)).toBeNull();
    expect(parseRetryAfter(undefined, 0)).toBeNull();
  });
});

describe('a registry target', () => {
  async function putAgainst(
    answers: readonly (Answer | undefined)[],
    body: 'bytes' | 'stream',
  ): Promise<{ error: unknown; methods: string; retries: number; waited: number }> {
    const left = [...answers];
    const server = await startReplay(({ path }) => (path === '/v2/' ? { status: 200 } : left.shift()));
    let retries = 0;
    const onRetry = (): void => void (retries += 1);
    const target = createRegistryTarget({ url: server.url, retryPauses: [1, 1, 1], onRetry });
    const x = Buffer.from('x');
    const startedAt = performance.now();
    const content = body === 'bytes' ? x : streamOf(x);
    const error = await target.putBlob('a/b', digestOf(x), 1, content, never).catch((e: unknown) => e);
    const methods = server.seen.map(({ method }) => method).join(' ');
    await target.close();
    await server.stop();
    return { error, methods, retries, waited: performance.now() - startedAt };
  }
  const open: Answer = { status: 202, headers: { location: '/upload' } };
  const done: Answer = { status: 201 };

  it('waits as long as a 429 says', async () => {
    const busy = { status: 429, headers: { 'retry-after': '1' } };
    const put = await putAgainst([busy, open, done], 'stream');
    expect(put).toMatchObject({ error: undefined, methods: 'GET POST POST PUT', retries: 1 });
    expect(put.waited).toBeGreaterThan(950);
  });

  it('waits until the date that a 429 says', async () => {
    const date = new Date(Date.now() + 2_000).toUTCString();
    const put = await putAgainst([{ status: 429, headers: { 'retry-after': date } }, open, done], 'stream');
    expect(put).toMatchObject({ error: undefined, methods: 'GET POST POST PUT', retries: 1 });
    // a date has no fractions of a second
    expect(put.waited).toBeGreaterThan(900);
  });

  it('sends bytes again in a new session after a break or a 502', async () => {
    const page = {
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: '<html><title>502 Bad Gateway</title></html>',
    };
    const put = await putAgainst([open, page, open, undefined, open, done], 'bytes');
    expect(put).toMatchObject({ error: undefined, methods: 'GET POST PUT POST PUT POST PUT', retries: 2 });
  });

  it.each([undefined, { status: 502 }, { status: 404, body: '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}' }])(
    'does not repeat a stream (%j)',
    async (answer) => {
      const put = await putAgainst([open, answer], 'stream');
      expect(put).toMatchObject({
        error: { code: 'registry.upload-interrupted', retryable: true },
        retries: 0,
      });
    },
  );

  it('is greeted again after a 429', async () => {
    const answers = [{ status: 429 }, { status: 429 }, { status: 200 }];
    const server = await startReplay(() => answers.shift());
    const target = createRegistryTarget({ url: server.url, retryPauses: [1, 1, 1] });
    expect(await target.ping(never)).toMatchObject({ auth: 'none' });
    await target.close();
    await server.stop();
  });

  it('gives up after the last pause', async () => {
    const broken = Array.from({ length: 9 }, () => ({ status: 503 }));
    const put = await putAgainst(broken, 'bytes');
    expect(put).toMatchObject({ error: { code: 'registry.server-error', retryable: true }, retries: 3 });
  });
});
