// One state for each server: probed while it is away, told once, waited for together and within bounds.
import { describe, expect, it } from 'vitest';
import { ServerWatch, type Away, type Probe, type Verdict } from '../../core/flow/server-watch.js';
import { Patience } from '../../core/flow/patience.js';

const never = { signal: new AbortController().signal };
const refused = new Error('ECONNREFUSED');

/** A watch whose probe gives these answers one after the other (false: no sign of life), then the last one again. */
function watching(
  answers: readonly boolean[],
  { limitMs = 60_000, firstPauseMs = 1, longestPauseMs = 1 } = {},
  meanwhile: () => void = () => undefined,
): { watch: ServerWatch; told: string[]; away: Away[]; probes: () => number } {
  const told: string[] = [];
  const away: Away[] = [];
  let probes = 0;
  const probe: Probe = () => {
    const answer = answers[Math.min(probes, answers.length - 1)] ?? true;
    probes += 1;
    meanwhile();
    return Promise.resolve(answer ? null : refused);
  };
  const watch = new ServerWatch({
    host: 'registry.example',
    probe,
    limitMs,
    shortPauseMs: 1,
    awayAfterMs: 0,
    firstPauseMs,
    longestPauseMs,
    onAway: (state) => {
      told.push('away');
      away.push(state);
    },
    onBack: () => told.push('back'),
  });
  return { watch, told, away, probes: () => probes };
}

describe('a server during a run', () => {
  it('that answers its probe is not away, and nobody is told', async () => {
    const { watch, told } = watching([true]);
    expect(await watch.judge(never)).toBe('answers');
    expect(await watch.passed(never)).toBe('answers');
    expect(told).toEqual([]);
  });

  it('that misses single probes is not away', async () => {
    const { watch, told } = watching([false, false, true]);
    expect(await watch.judge(never)).toBe('answers');
    expect(told).toEqual([]);
  });

  it('that answers other requests meanwhile is not away, although its probes fail', async () => {
    let watch: ServerWatch | null = null;
    const { told, ...made } = watching([false], { limitMs: 1e9, firstPauseMs: 1e8 }, () =>
      watch?.succeeded(),
    );
    watch = made.watch;
    expect(await watch.judge(never)).toBe('answers');
    expect(told).toEqual([]);
  });

  it('is waited for by all requests together, those that were not sent yet as well', async () => {
    const { watch, told, away, probes } = watching([false, false, false, true], {
      firstPauseMs: 1e8,
      longestPauseMs: 1e8,
      limitMs: 1e9,
    });
    const failed = [watch.judge(never), watch.judge(never), watch.judge(never)];
    await expect.poll(() => watch.away).not.toBeNull();
    const waiting = [...failed, watch.passed(never)];
    await expect.poll(() => watch.tryNow()).toBe(true);
    const verdicts = await Promise.all(waiting);
    expect(verdicts).toEqual(['back', 'back', 'back', 'back'] satisfies Verdict[]);
    expect(probes()).toBe(4);
    expect(told).toEqual(['away', 'back']);
    expect(away[0]).toMatchObject({ host: 'registry.example', reason: refused });
    expect(away[0]?.until).toBeGreaterThan(Date.now() + 50_000);
    expect(watch.away).toBeNull();
  });

  it('is given up after the patience, then for every request at once', async () => {
    const { watch, told, probes } = watching([false], { limitMs: 20 });
    expect(await watch.judge(never)).toBe('gone');
    const before = probes();
    expect(before).toBeGreaterThan(1);
    expect([await watch.passed(never), await watch.judge(never)]).toEqual(['gone', 'gone']);
    expect([probes(), told]).toEqual([before, ['away']]);
  });

  it('is asked a few times, and not waited for, without patience', async () => {
    const { watch, told, probes } = watching([false], { limitMs: 0 });
    expect(await watch.judge(never)).toBe('gone');
    expect([probes(), told]).toEqual([3, []]);
  });

  it('has no more patience because its probe answers while every request fails', async () => {
    const { watch } = watching([false, false, false, true, false], {
      limitMs: 40,
      firstPauseMs: 30,
      longestPauseMs: 30,
    });
    expect(await watch.judge(never)).toBe('back');
    expect(await watch.judge(never)).toBe('gone');
  });

  it('has the whole patience again after a request has succeeded', async () => {
    const { watch } = watching([false, false, false, true, false, false, false, true], {
      limitMs: 40,
      firstPauseMs: 20,
      longestPauseMs: 20,
    });
    expect(await watch.judge(never)).toBe('back');
    watch.succeeded();
    expect(await watch.judge(never)).toBe('back');
  });

  it('is probed at once when a person asks for it', async () => {
    const { watch } = watching([false, false, false, true], {
      firstPauseMs: 1e8,
      longestPauseMs: 1e8,
      limitMs: 1e9,
    });
    expect(watch.tryNow()).toBe(false);
    const waiting = watch.judge(never);
    await expect.poll(() => watch.tryNow()).toBe(true);
    expect(await waiting).toBe('back');
  });

  it('is not waited for after a cancellation; the others wait on, and probing ends with the last one', async () => {
    const signals: AbortSignal[] = [];
    const watch = new ServerWatch({
      host: 'registry.example',
      limitMs: 1e9,
      probe: ({ signal }) => (signals.push(signal), Promise.resolve(refused)),
      shortPauseMs: 1,
      awayAfterMs: 0,
      firstPauseMs: 1e8,
      onAway: () => undefined,
      onBack: () => undefined,
    });
    const [one, other] = [new AbortController(), new AbortController()];
    const [first, second] = [watch.judge(one), watch.judge(other)];
    await expect.poll(() => watch.away).not.toBeNull();
    one.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    expect(signals[0]?.aborted).toBe(false);
    other.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    expect(signals[0]?.aborted).toBe(true);
  });
});

describe('the servers of a run', () => {
  it('have one state each, which all connections share', async () => {
    const patience = new Patience(1e9);
    const answering: Probe = () => Promise.resolve(null);
    const watch = patience.watch('registry.example', answering);
    expect(patience.watch('registry.example', answering)).toBe(watch);
    expect(patience.watch('charts.example', answering)).not.toBe(watch);
    await patience.passed(never);
    expect(patience.tryNow()).toBe(false);
  });
});
