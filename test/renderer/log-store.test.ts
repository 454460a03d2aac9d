// The log of the window: each line once, also where it was written while the log was read.
import { afterEach, expect, it, vi } from 'vitest';
import { useLog } from '../../renderer/stores/log.js';
import { setBridge } from '../../renderer/bridge.js';
import { scriptedBridge } from './scripted-bridge.js';

afterEach(() => vi.useRealTimers());

it('holds each line once, whether it was heard before, while or after the log was read', async () => {
  vi.useFakeTimers();
  const line = (at: number): string => `2026-01-01T00:00:0${String(at)}.000Z INFO line ${String(at)}`;
  const { hear } = useLog.getState();
  hear(line(2));
  vi.advanceTimersByTime(300);
  hear(line(3));
  setBridge(scriptedBridge({ readLog: () => [line(1), line(2), line(3)] }));
  await useLog.getState().load();
  hear(line(4));
  vi.advanceTimersByTime(300);
  expect(useLog.getState().lines.map(({ message }) => message)).toEqual([
    'line 1',
    'line 2',
    'line 3',
    'line 4',
  ]);
});
