// Counts of a plan: how many entries have which outcome, what the plan needs, and whether that is there. Pure.
import type { Figures, NeededProject, NeededSpace, Plan, PlanImage } from '../../../core/contract.js';
import { platformName } from '../platform-name.js';

/** The rows of "What will be done". */
export type PlanGroup = 'add' | 'replace' | 'same' | 'kept' | 'left-out';

const GROUP: Readonly<Record<PlanImage['action'], PlanGroup>> = {
  push: 'add',
  promote: 'add',
  add: 'add',
  repair: 'add',
  replace: 'replace',
  skip: 'same',
  keep: 'kept',
  conflict: 'kept',
  blocked: 'left-out',
};

export const PLAN_GROUPS: readonly PlanGroup[] = ['add', 'replace', 'same', 'kept', 'left-out'];

/** The group of a row, with its decision. */
export function groupOf({ action, decision }: Pick<PlanImage, 'action' | 'decision'>): PlanGroup {
  if (decision === 'replace') return 'replace';
  if (decision === 'keep' || decision === 'stop') return 'kept';
  return GROUP[action];
}

export interface GroupFacts {
  readonly group: PlanGroup;
  readonly images: readonly PlanImage[];
  /** For each platform how many entries, amd64 and arm64 first. */
  readonly platforms: readonly (readonly [string, number])[];
}

export function groupsOf(decided: Plan): readonly GroupFacts[] {
  return PLAN_GROUPS.map((group) => {
    const images = decided.images.filter((image) => groupOf(image) === group);
    const counts = new Map<string, number>();
    for (const platform of images.map(platformName)) counts.set(platform, (counts.get(platform) ?? 0) + 1);
    return { group, images, platforms: [...counts].sort(([a], [b]) => a.localeCompare(b)) };
  });
}

/** The first need that is not met, so the plan cannot be carried out; null when all are met. */
export type Obstacle =
  | { readonly kind: 'space'; readonly space: NeededSpace }
  | { readonly kind: 'projects'; readonly projects: readonly NeededProject[] }
  | { readonly kind: 'nothing' }
  | null;

export function obstacleOf(decided: Plan, { tags, charts }: Pick<Figures, 'tags' | 'charts'>): Obstacle {
  const space = decided.needs.space.find(({ enough }) => enough === false);
  if (space) return { kind: 'space', space };
  const projects = decided.needs.projects.filter(({ exists, create }) => exists === false && create === 'no');
  if (projects.length > 0) return { kind: 'projects', projects };
  return tags + charts === 0 ? { kind: 'nothing' } : null;
}
