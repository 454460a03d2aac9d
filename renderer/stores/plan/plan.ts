// The plan of the import, and the decisions that the person made on it.
import { create } from 'zustand';
import type { CreateProjects, Decision, Plan, Problem } from '../../../core/contract.js';
import { currentRequest } from './current-request.js';
import { LatestSurvey, type SurveyProgress } from '../compare/latest-survey.js';
import type { Decisions } from './plan-decisions.js';

interface PlanState {
  readonly plan: Plan | null;
  readonly problem: Problem | null;
  /** Progress of the plan; null when none is being made. */
  readonly loading: SurveyProgress | null;
  /** Decisions of the person by `imageKey` and `chartKey`; they are kept when the plan is made again. */
  readonly decisions: Decisions;
  /** How projects that are missing will be created. */
  readonly createProjects: CreateProjects;
  /** `fresh`: every tag is read again; otherwise answers of the last minutes count, which the comparison shares. */
  readonly load: (how?: { readonly fresh: boolean }) => Promise<void>;
  /** Makes the plan again with projects of another kind. */
  readonly createAs: (createProjects: CreateProjects) => void;
  readonly decide: (keys: readonly string[], decision: Decision) => void;
  /** Forgets the plan, because other charts or platforms were chosen; the decisions stay. */
  readonly outdate: () => void;
  /** Forgets plan and decisions, because packages or target changed. */
  readonly drop: () => void;
}

const survey = new LatestSurvey('plan');

export const usePlan = create<PlanState>()((set, get) => ({
  plan: null,
  problem: null,
  loading: null,
  decisions: {},
  createProjects: 'like-existing',

  createAs(createProjects) {
    set({ createProjects });
    void get().load();
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
    set({ plan: null, problem: null, loading: null });
  },

  drop() {
    survey.stop();
    set({ plan: null, problem: null, loading: null, decisions: {} });
  },
}));
