// Comparison and plan may be requested again while they are being made: the latest answer counts, earlier progress is ignored.
import { afterEach, describe, expect, it } from 'vitest';
import type { PlanRequest } from '../../core/contract.js';
import { setBridge } from '../../renderer/bridge.js';
import { LatestSurvey, type SurveyProgress } from '../../renderer/stores/compare/latest-survey.js';
import { usePlan } from '../../renderer/stores/plan/plan.js';
import { problemOf, Refusal, scriptedBridge } from './scripted-bridge.js';

const REQUEST: PlanRequest = { packages: ['/p.tar.gz'], target: { store: '/s' } };

describe('a survey', () => {
  afterEach(() => setBridge(null));

  it('reports its progress, and answers', async () => {
    const bridge = scriptedBridge({
      plan: (_input, call) => {
        bridge.tell({ type: 'run', call, event: { type: 'surveyed', done: 3, total: 9 } });
        bridge.tell({ type: 'run', call: 'another', event: { type: 'surveyed', done: 8, total: 9 } });
        throw new Refusal(problemOf('registry.unreachable', 'registry'));
      },
    });
    setBridge(bridge);
    const told: SurveyProgress[] = [];
    const answer = await new LatestSurvey('plan').ask(REQUEST, (progress) => told.push(progress));
    expect(told).toEqual([
      { done: 0, total: 0 },
      { done: 3, total: 9 },
    ]);
    expect(answer).toMatchObject({ ok: false, problem: { code: 'registry.unreachable' } });
  });

  it('is ignored when a later one was requested or it was stopped; its call is cancelled', async () => {
    const waiting: (() => void)[] = [];
    const bridge = scriptedBridge({
      plan: async (_input, call) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        bridge.tell({ type: 'run', call, event: { type: 'surveyed', done: 1, total: 1 } });
        throw new Refusal(problemOf(call));
      },
    });
    setBridge(bridge);
    const survey = new LatestSurvey('plan');
    const told: SurveyProgress[] = [];
    const first = survey.ask(REQUEST, (progress) => told.push(progress));
    const second = survey.ask(REQUEST, () => undefined);
    waiting.forEach((go) => go());
    expect(await first).toBeNull();
    expect(told).toEqual([{ done: 0, total: 0 }]);
    expect(await second).toMatchObject({ ok: false });
    expect(bridge.cancelled).toEqual([bridge.asked[0]?.call]);
    const third = survey.ask(REQUEST, () => undefined);
    survey.stop();
    waiting.forEach((go) => go());
    expect(await third).toBeNull();
  });
});

describe('a plan that later choices made outdated', () => {
  it('is dropped, and the decisions stay', () => {
    usePlan.getState().decide(['image a linux/amd64'], 'replace');
    usePlan.setState({ problem: problemOf('x') });
    usePlan.getState().outdate();
    expect(usePlan.getState()).toMatchObject({
      plan: null,
      problem: null,
      decisions: { 'image a linux/amd64': 'replace' },
    });
    usePlan.getState().drop();
    expect(usePlan.getState().decisions).toEqual({});
  });
});
