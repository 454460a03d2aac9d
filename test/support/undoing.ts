// Shared by the tests of undo: calls of the engine, and the state of a registry for a later comparison.
import type { Problem, Report, UndoPlan, UndoRequest } from '../../core/contract.js';
import { allTags } from './registry-reader.js';
import type { Bench } from './seed.js';

const { signal } = new AbortController();

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Returns the report; a problem is thrown. */
export async function undo({ engine }: Bench, request: UndoRequest): Promise<Report> {
  const answer = await engine.undo(request, { signal });
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
  return answer.value;
}

/** Returns the preview; a problem is thrown. */
export async function planUndo({ engine }: Bench, request: UndoRequest): Promise<UndoPlan> {
  const answer = await engine.planUndo(request, { signal });
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
  return answer.value;
}

/** Returns the problem that keeps both from beginning. */
export async function refusalOf({ engine }: Bench, request: UndoRequest): Promise<Problem> {
  const [preview, undone] = [
    await engine.planUndo(request, { signal }),
    await engine.undo(request, { signal }),
  ];
  if (preview.ok || undone.ok) throw new Error('it was done');
  if (preview.problem.code !== undone.problem.code)
    throw new Error(`${preview.problem.code}, yet ${undone.problem.code}`);
  return undone.problem;
}

/** `repository:tag` to its digest, for all that the catalog knows, charts included. */
export async function registryState(url: string): Promise<Readonly<Record<string, string>>> {
  const state: Record<string, string> = {};
  for (const [repository, tags] of Object.entries(await allTags(url))) {
    for (const tag of tags) {
      const path = `${url}/v2/${repository}/manifests/${tag}`;
      const answer = await fetch(path, { method: 'HEAD', headers: { accept: ACCEPT } });
      state[`${repository}:${tag}`] = answer.headers.get('docker-content-digest') ?? String(answer.status);
    }
  }
  return state;
}

/** How often tags got each action and reason; a tag counts once. */
export function tagReasons({ images }: Report): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [, word] of new Map(images.map((row) => [row.target, `${row.action} ${row.reason}`]))) {
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}
