// Decisions on a plan: which rows are open, what is written with them, and what prevents the plan.
import { describe, expect, it } from 'vitest';
import type { NeededSpace, Plan, PlanChart, PlanImage } from '../../core/contract.js';
import {
  conflicts,
  imageKey,
  openImages,
  riskyReplacements,
  planFigures,
  withDecisions,
} from '../../renderer/stores/plan/plan-decisions.js';
import { groupOf, groupsOf, obstacleOf } from '../../renderer/stores/plan/plan-summary.js';

const row = (
  target: string,
  action: PlanImage['action'],
  decision: PlanImage['decision'] = null,
): PlanImage => ({
  source: target,
  sources: [target],
  target,
  platform: 'linux/amd64',
  digest: '',
  config: '',
  action,
  decision,
  reason: '',
  package: '',
  version: '',
  created: null,
  bytes: 1,
  blobs: [],
  held: [],
  bundles: [],
  before: null,
  after: null,
  afterPlatforms: [],
  charts: [],
  problem: null,
});
const chart = (
  name: string,
  action: PlanChart['action'],
  decision: PlanChart['decision'] = null,
): PlanChart => ({
  repo: 'addon',
  url: 'oci://r/addon',
  name,
  version: '1',
  action,
  reason: '',
  decision,
  before: null,
  changes: [],
  bytes: 0,
  problem: null,
});
const PLAN: Plan = {
  schema: 'archbridge.plan/1',
  made: '2026-01-01T00:00:00Z',
  tagsRead: '2026-01-01T00:00:00Z',
  packages: [],
  target: { kind: 'registry', location: 'https://r', charts: [] },
  request: {
    selection: {},
    onChange: 'newer',
    onChartChange: 'auto',
    keepCharts: [],
    allowMislabelled: false,
    acceptUnproven: false,
    requirePlatforms: [],
  },
  blobs: [],
  images: [
    row('r/new:1', 'push'),
    row('r/old:1', 'replace', 'replace'),
    row('r/newer:1', 'conflict', 'keep'),
    row('r/same:1', 'skip'),
    row('r/bad:1', 'blocked'),
  ],
  charts: [chart('a', 'publish'), chart('b', 'skip'), chart('c', 'conflict', 'keep')],
  needs: { bytesToSend: 0, bytesPresent: 0, bytesShared: 0, chartBytes: 0, projects: [], space: [] },
  coverage: {
    'linux/amd64': { present: 3, after: 5, total: 5 },
    'linux/arm64': { present: 0, after: 2, total: 5 },
  },
  weakened: [],
  problems: [],
};
const newer = imageKey(row('r/newer:1', 'conflict'));

describe('decisions on a plan', () => {
  it('are open where the target holds other content, and change nothing else', () => {
    expect(openImages(PLAN).map(({ target }) => target)).toEqual(['r/old:1', 'r/newer:1']);
    expect(conflicts(PLAN).map(({ target }) => target)).toEqual(['r/newer:1']);
    expect(withDecisions(PLAN, {})).toEqual(PLAN);
    const key = imageKey(row('r/new:1', 'push'));
    expect(withDecisions(PLAN, { [key]: 'keep' })).toEqual(PLAN);
  });

  it('decide how much is written', () => {
    expect(planFigures(PLAN)).toMatchObject({ tags: 2, charts: 1 });
    const replaced = withDecisions(PLAN, { [newer]: 'replace', 'chart oci://r/addon addon/c 1': 'replace' });
    expect(planFigures(replaced)).toMatchObject({ tags: 3, charts: 2 });
    const kept = withDecisions(PLAN, { [imageKey(row('r/old:1', 'replace'))]: 'keep' });
    expect(planFigures(kept)).toMatchObject({ tags: 1, charts: 1 });
  });

  it('that replace a newer image are asked about once more', () => {
    expect(riskyReplacements(PLAN)).toEqual([]);
    expect(riskyReplacements(withDecisions(PLAN, { [newer]: 'replace' }))).toHaveLength(1);
  });

  it('move a row to the group of its new outcome', () => {
    expect(groupsOf(PLAN).map(({ group, images }) => [group, images.length])).toEqual([
      ['add', 1],
      ['replace', 1],
      ['same', 1],
      ['kept', 1],
      ['left-out', 1],
    ]);
    expect(groupOf({ action: 'conflict', decision: 'replace' })).toBe('replace');
    expect(groupOf({ action: 'replace', decision: 'stop' })).toBe('kept');
  });
});

describe('what prevents a plan', () => {
  const space = (enough: boolean | null): NeededSpace => ({
    kind: 'store',
    where: '/srv',
    free: 1,
    needed: 2,
    enough,
  });
  const needing = (needs: Partial<Plan['needs']>): Plan => ({ ...PLAN, needs: { ...PLAN.needs, ...needs } });

  it('is a need that is known not to be met, not one that is unknown', () => {
    const writes = planFigures(PLAN);
    expect(obstacleOf(PLAN, writes)).toBeNull();
    expect(obstacleOf(needing({ space: [space(null), space(true)] }), writes)).toBeNull();
    expect(obstacleOf(needing({ space: [space(false)] }), writes)).toMatchObject({ kind: 'space' });
    const project = (exists: boolean | null) => ({ name: 'p', exists, create: 'no' as const });
    expect(obstacleOf(needing({ projects: [project(true), project(null)] }), writes)).toBeNull();
    expect(obstacleOf(needing({ projects: [project(false)] }), writes)).toMatchObject({ kind: 'projects' });
    expect(obstacleOf(PLAN, { tags: 0, charts: 0 })).toEqual({ kind: 'nothing' });
  });
});
