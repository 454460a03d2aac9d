// The steps of an import at which something may go wrong, and what may go wrong at each.
import type { Fault, FaultKind } from './fault-proxy.js';

interface Step {
  readonly step: string;
  readonly method: string;
  readonly path: RegExp;
  /** What the request or its answer has: only that can be broken. */
  readonly has: readonly ('body' | 'answer' | 'digest')[];
}

const STEPS: readonly Step[] = [
  { step: 'GET /v2/', method: 'GET', path: /^\/v2\/$/, has: [] },
  { step: 'HEAD blob', method: 'HEAD', path: /\/blobs\/sha256:/, has: [] },
  { step: 'POST mount', method: 'POST', path: /\/uploads\/\?mount=/, has: [] },
  { step: 'POST upload', method: 'POST', path: /\/uploads\/$/, has: [] },
  { step: 'PUT blob', method: 'PUT', path: /\/app\/blobs\/uploads\//, has: ['body'] },
  { step: 'GET tag', method: 'GET', path: /\/app\/manifests\/1\.0\.0$/, has: ['answer', 'digest'] },
  { step: 'GET manifest', method: 'GET', path: /\/app\/manifests\/sha256:/, has: ['answer', 'digest'] },
  { step: 'PUT child', method: 'PUT', path: /\/app\/manifests\/sha256:/, has: ['body', 'digest'] },
  { step: 'PUT index', method: 'PUT', path: /\/app\/manifests\/1\.0\.0$/, has: ['body', 'digest'] },
  { step: 'GET chart', method: 'GET', path: /\/addon\/\w+\/manifests\//, has: ['answer', 'digest'] },
  { step: 'GET chart blob', method: 'GET', path: /\/addon\/\w+\/blobs\/sha256:/, has: ['answer'] },
  { step: 'PUT chart blob', method: 'PUT', path: /\/addon\/\w+\/blobs\/uploads\//, has: ['body'] },
  { step: 'PUT chart', method: 'PUT', path: /\/addon\/\w+\/manifests\//, has: ['body', 'digest'] },
];

/** Steps at which it matters how large a layer is. */
const OF_BLOBS: ReadonlySet<string> = new Set(['HEAD blob', 'POST mount', 'POST upload', 'PUT blob']);

const EVERYWHERE: readonly FaultKind[] = ['reset-before', 'reset-after', '500', '502', '503', '429'];
const WITH: Readonly<Record<Step['has'][number], readonly FaultKind[]>> = {
  body: ['reset-in-body', '413'],
  answer: ['cut-answer', 'wrong-bytes'],
  digest: ['wrong-digest'],
};

export interface FaultCase {
  readonly step: string;
  readonly kind: FaultKind;
  readonly fault: Fault;
}

/** Every fault at every step where it can happen, `times` times each. Hangs are in {@link hangs}: each takes the time limit of a request. */
export function faultMatrix(times: number): readonly FaultCase[] {
  return STEPS.flatMap(({ step, method, path, has }) =>
    [...EVERYWHERE, ...has.flatMap((part) => WITH[part])].map((kind) => ({
      step,
      kind,
      fault: { method, path, kind, times },
    })),
  );
}

/** A hang at each step, `times` times each. */
export function hangs(times: number): readonly FaultCase[] {
  return STEPS.flatMap(({ step, method, path, has }) => {
    const kinds: readonly FaultKind[] = has.includes('body') ? ['stall', 'stall-in-body'] : ['stall'];
    return kinds.map((kind) => ({ step, kind, fault: { method, path, kind, times } }));
  });
}

/** The cases at the steps of a layer: looked for, mounted and sent. The other steps are the same for a layer of any size. */
export function ofBlobs(cases: readonly FaultCase[]): readonly FaultCase[] {
  return cases.filter(({ step }) => OF_BLOBS.has(step));
}

/** One fault at each step, all kinds in turn. */
export function oneOfEachStep(): readonly FaultCase[] {
  const all = faultMatrix(1);
  return STEPS.flatMap(({ step }, at) => {
    const own = all.filter((one) => one.step === step);
    return own[at % own.length] ?? [];
  });
}
