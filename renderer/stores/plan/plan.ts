// The plan of the import, and the decisions that the person made on it.
import { create } from 'zustand';
import type { CreateProjects, Decision, Plan, Problem, RememberedTarget } from '../../../core/contract.js';
import { currentRequest, requestFor } from './current-request.js';
import { LatestSurvey, type SurveyProgress } from '../compare/latest-survey.js';
import type { Decisions } from './plan-decisions.js';

/** The plan for a further target, or why there is none. */
interface PlanBeside {
  readonly plan: Plan | null;
  readonly problem: Problem | null;
}

/** The plans for the targets of this import, and the person's decisions on each. */
export interface PlansOfTargets {
  readonly plan: Plan | null;
  readonly problem: Problem | null;
  /** The plans for the further targets of this import that have been made, by id of the target. */
  readonly beside: Readonly<Record<string, PlanBeside>>;
  /** Decisions of the person by `imageKey` and `chartKey`; they are kept when the plan is made again. */
  readonly decisions: Decisions;
  /** Those on the plans for the further targets, by id of the target. Keys of folders say nothing about the folder. */
  readonly decisionsBeside: Readonly<Record<string, Decisions>>;
}

interface PlanState extends PlansOfTargets {
  /** Progress of the plan; null when none is being made. */
  readonly loading: SurveyProgress | null;
  /** Id of the further target for which a plan is being made. */
  readonly making: string | null;
  /** How projects that are missing will be created. */
  readonly createProjects: CreateProjects;
  /** `fresh`: every tag is read again; otherwise answers of the last minutes count, which the comparison shares. */
  readonly load: (how?: { readonly fresh: boolean }) => Promise<void>;
  /** Makes the plan for a further target. */
  readonly loadBeside: (target: RememberedTarget) => Promise<void>;
  /** Shows the plan of another target, where there is one, and keeps the shown one. Ids of targets. */
  readonly swap: (from: string, to: string) => void;
  /** Makes the plan again with projects of another kind. */
  readonly createAs: (createProjects: CreateProjects) => void;
  readonly decide: (keys: readonly string[], decision: Decision) => void;
  /** Forgets the plan, because other charts or platforms were chosen; the decisions stay. */
  readonly outdate: () => void;
  /** Forgets plan and decisions, because packages or target changed. */
  readonly drop: () => void;
}

const survey = new LatestSurvey('plan');
const besideSurvey = new LatestSurvey('plan');
const NONE = { plan: null, problem: null, loading: null } as const;

export const usePlan = create<PlanState>()((set, get) => ({
  plan: null,
  problem: null,
  loading: null,
  beside: {},
  making: null,
  decisions: {},
  decisionsBeside: {},
  createProjects: 'like-existing',

  createAs(createProjects) {
    besideSurvey.stop();
    set({ createProjects, beside: {}, making: null });
    void get().load();
  },

  async loadBeside(target) {
    const request = requestFor(target);
    if (request === null) return;
    set({ making: target.id });
    const asked = { ...request, createProjects: get().createProjects, reuseSurvey: true };
    const answer = await besideSurvey.ask(asked, () => undefined);
    if (answer === null) return;
    const made = answer.ok ? { plan: answer.value, problem: null } : { plan: null, problem: answer.problem };
    set(({ beside }) => ({ making: null, beside: { ...beside, [target.id]: made } }));
  },

  swap(from, to) {
    survey.stop();
    besideSurvey.stop();
    set(({ plan, problem, beside, decisions: decided, decisionsBeside }) => {
      const { [to]: next, ...others } = beside;
      const kept = plan === null && problem === null ? others : { ...others, [from]: { plan, problem } };
      const { [to]: decisions = {}, ...further } = decisionsBeside;
      return {
        ...NONE,
        ...next,
        beside: kept,
        making: null,
        decisions,
        decisionsBeside: { ...further, [from]: decided },
      };
    });
  },

  async load({ fresh } = { fresh: false }) {
    const request = currentRequest();
    if (request === null) return;
    set({ problem: null });
    const asked = { ...request, createProjects: get().createProjects, reuseSurvey: !fresh };
    const answer = await survey.ask(asked, (loading) => set({ loading }));
    if (answer === null) return;
    set(
      answer.ok
        ? { plan: answer.value, problem: null, loading: null }
        : { problem: answer.problem, loading: null },
    );
  },

  decide: (keys, decision) =>
    set(({ decisions }) => ({
      decisions: { ...decisions, ...Object.fromEntries(keys.map((key) => [key, decision])) },
    })),

  outdate() {
    survey.stop();
    set(NONE);
  },

  drop() {
    survey.stop();
    besideSurvey.stop();
    set({ ...NONE, beside: {}, making: null, decisions: {}, decisionsBeside: {} });
  },
}));
