// Gives one tag what the packages bring for it: survey, decide, children first, look again, write, look again.
import type { ChangePolicy, Decision, ImageAction, TagSummary } from '../contract.js';
import type { Descriptor } from '../content/descriptor.js';
import { digestOf, type Digest } from '../content/digest.js';
import { rawManifest, type RawManifest } from '../content/manifest.js';
import { formatPlatform, type Platform } from '../content/platform.js';
import { AppError, isAbort, toProblem, type Problem } from '../errors.js';
import { fuse, type IncomingImage, type TagDecision } from '../plan/fuse.js';
import { surveyTag } from '../plan/survey.js';
import type { TagState } from '../plan/tag-state.js';
import type { ImageTarget } from '../target/image-target.js';
import { referenceIn } from '../target/place.js';
import type { BlobPresence } from './blob-presence.js';
import type { Journal } from './journal.js';
import { endsRun } from './run-ending.js';

/** How often a tag that others write at the same time is decided anew before this run gives up on it. */
const ATTEMPTS = 5;

/** An image for this tag with its manifests at hand. */
export interface TagInput {
  readonly incoming: IncomingImage;
  /** Manifests of attestations, pushed before the index that lists them. */
  readonly attached: readonly RawManifest[];
  readonly sources: readonly string[];
}

export interface TagRow {
  readonly platform: string;
  readonly action: ImageAction;
  readonly reason: string;
  readonly problem: Problem | null;
}

/** What became of a tag. */
export interface TagOutcome {
  readonly repository: string;
  readonly tag: string;
  readonly before: TagSummary | null | 'unreadable';
  readonly after: TagSummary | null | 'unreadable';
  /** In the order of the inputs. */
  readonly rows: readonly TagRow[];
  /** What this run wrote, for the sweep; null when the tag was left as it was. */
  readonly written: RawManifest | null;
}

/** What a tag holds, and what becomes of it. */
export interface TagForecast {
  readonly state: TagState;
  readonly decision: TagDecision;
}

export interface TagWriterOptions {
  readonly target: ImageTarget;
  readonly presence: BlobPresence;
  readonly journal: Journal;
  readonly policy: ChangePolicy;
  /** What a person decided for one platform of a tag; null where nobody did. */
  readonly decided?: (repository: string, tag: string, platform: Platform) => Decision | null;
  /** True: a tag that is no longer what it was foreseen on is left alone. */
  readonly isBound?: boolean;
  /** Lets images in whose config names no platform; otherwise they are blocked. */
  readonly allowUnknownPlatform?: boolean;
  readonly versionOf: (digest: Digest) => string | null;
  readonly signal: AbortSignal;
}

export class TagWriter {
  readonly #options: TagWriterOptions;

  constructor(options: TagWriterOptions) {
    this.#options = options;
  }

  /** Reads and decides, writes nothing. */
  async decide(repository: string, tag: string, inputs: readonly TagInput[]): Promise<TagForecast> {
    const { target, presence, policy, allowUnknownPlatform = false, versionOf, signal } = this.#options;
    const incoming = inputs.map((input) => input.incoming);
    // what this run brought meanwhile was missing when it began
    const hasBlob = (name: string, blob: Descriptor) => presence.wasThere(name, blob);
    const state = await surveyTag(target, repository, tag, incoming, { hasBlob, versionOf, signal });
    const { namesAreIndexes } = target;
    const decided = (platform: Platform) => this.#options.decided?.(repository, tag, platform) ?? null;
    const decision = fuse(state, incoming, { policy, decided, namesAreIndexes, allowUnknownPlatform });
    return { state, decision };
  }

  /** What the tag holds now, for a report of something that was not written. */
  async look(repository: string, tag: string): Promise<TagOutcome['before']> {
    try {
      return summaryOf((await this.decide(repository, tag, [])).state);
    } catch (error) {
      if (!this.#isOfOneTag(error)) throw error;
      return 'unreadable';
    }
  }

  /**
   * Never throws for this tag alone: what went wrong stands in the rows. What ends the run is thrown. `foreseen` saves deciding
   * where the tag is still what it was then.
   */
  async write(
    repository: string,
    tag: string,
    inputs: readonly TagInput[],
    foreseen: TagForecast | null = null,
  ): Promise<TagOutcome> {
    let before: TagOutcome['before'] | undefined;
    let written: RawManifest | null = null;
    let writtenRows: readonly TagRow[] | null = null;
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const known = attempt === 1 ? foreseen : null;
        const { state, decision } = known ?? (await this.decide(repository, tag, inputs));
        const mayHaveChanged = known !== null && state.kind !== 'blocked' && !decision.write;
        if (mayHaveChanged && !(await this.#isUnchanged(repository, tag, state))) {
          if (this.#options.isBound) return await this.#left(repository, tag, inputs, state);
          continue;
        }
        if (before === undefined) before = summaryOf(state);
        // once this run has written, its first decision tells what it did, whatever others do to the tag meanwhile
        const rows: readonly TagRow[] = writtenRows ?? rowsOf({ decision, state });
        const done = { repository, tag, before, after: afterOf({ decision, state }), rows };
        await this.#putChildren(repository, inputs, decision);
        if (!decision.write) return { ...done, written };
        if (!(await this.#isUnchanged(repository, tag, state))) {
          if (known && this.#options.isBound) return await this.#left(repository, tag, inputs, state);
          continue;
        }
        await this.#announce(repository, tag, state, decision.write);
        written = decision.write;
        if (await this.#put(repository, tag, decision.write)) return { ...done, written };
        writtenRows = rows;
      }
      const target = referenceIn(this.#options.target, { repository, tag });
      throw new AppError('run.tag-contended', { origin: 'registry', retryable: true, params: { target } });
    } catch (error) {
      if (!this.#isOfOneTag(error)) throw error;
      const failed = inputs.map((input) => ({
        platform: formatPlatform(input.incoming.platform),
        action: 'failed' as const,
        reason: '',
        problem: toProblem(error),
      }));
      const known = before === undefined ? 'unreadable' : before;
      // a write whose answer was lost may have come through
      const after = written ? await this.look(repository, tag) : known;
      return { repository, tag, before: known, after, rows: failed, written: null };
    }
  }

  /** Somebody changed the tag after the plan was checked: it stays what it is now. */
  async #left(
    repository: string,
    tag: string,
    inputs: readonly TagInput[],
    planned: TagState,
  ): Promise<TagOutcome> {
    const now = await this.look(repository, tag);
    const target = referenceIn(this.#options.target, { repository, tag });
    const problem = toProblem(tagChanged(target, summaryOf(planned), now));
    const rows = inputs.map(({ incoming }) => ({
      platform: formatPlatform(incoming.platform),
      action: 'blocked' as const,
      reason: 'changed-since-plan',
      problem,
    }));
    return { repository, tag, before: now, after: now, rows, written: null };
  }

  #isOfOneTag(error: unknown): error is AppError {
    return error instanceof AppError && !isAbort(error, this.#options.signal) && !endsRun(error);
  }

  /** Children by digest before the tag that lists them; a lone manifest goes up under its tag only. */
  async #putChildren(repository: string, inputs: readonly TagInput[], decision: TagDecision): Promise<void> {
    const { target, signal } = this.#options;
    for (const [at, row] of decision.rows.entries()) {
      const input = inputs[at];
      if (!input || !STORES.has(row.action)) continue;
      for (const manifest of [...input.attached, input.incoming.manifest]) {
        if (decision.write?.digest === manifest.digest) continue;
        await target.putManifest(repository, manifest.digest, manifest, { signal });
      }
    }
  }

  /** Registries know no compare-and-swap: the last look before the write. */
  async #isUnchanged(repository: string, tag: string, state: TagState): Promise<boolean> {
    const { target, signal } = this.#options;
    const current = await target.getManifest(repository, tag, { signal });
    return (current?.digest ?? null) === (manifestOf(state)?.digest ?? null);
  }

  /** The way back is written down before the tag is. */
  async #announce(repository: string, tag: string, state: TagState, next: RawManifest): Promise<void> {
    const { target, journal } = this.#options;
    const seen = manifestOf(state);
    if (seen) await journal.keepManifest(seen);
    await journal.append({
      type: 'tag-writing',
      target: referenceIn(target, { repository, tag }),
      before: seen && summarize(state),
      next: next.digest,
    });
  }

  /** False when the tag held something else right after the write. */
  async #put(repository: string, tag: string, next: RawManifest): Promise<boolean> {
    const { target, signal } = this.#options;
    // the target lets a write that is under way come to its end when the run is cancelled, and proves it
    await target.putManifest(repository, tag, next, { signal });
    if (signal.aborted) return true;
    return (await target.getManifest(repository, tag, { signal }))?.digest === next.digest;
  }
}

function manifestOf(state: TagState): RawManifest | null {
  return state.kind === 'manifest' || state.kind === 'index' ? state.manifest : null;
}

/** Actions after which the target has to hold the image's blobs. */
export const STORES: ReadonlySet<ImageAction> = new Set<ImageAction>(['push', 'promote', 'add', 'replace', 'repair']);

/** A tag that is not what it was when the plan was made; both digests are named. */
function tagChanged(target: string, planned: TagOutcome['before'], found: TagOutcome['before']): AppError {
  const params = { target, planned: contentName(planned), found: contentName(found) };
  return new AppError('plan.tag-changed', { origin: 'registry', params });
}

/** What a tag holds, for messages: its digest, `-` for nothing, `?` for what cannot be read. */
export function contentName(content: TagOutcome['before']): string {
  if (content === null) return '-';
  return content === 'unreadable' ? '?' : content.digest;
}

/** What happens to each incoming image, in their order. */
export function rowsOf({ decision, state }: TagForecast): readonly TagRow[] {
  return decision.rows.map((row) => ({
    platform: formatPlatform(row.platform),
    action: row.action,
    reason: row.reason,
    problem: row.action === 'blocked' ? blockedProblem(row.reason, state) : null,
  }));
}

/** Why nothing was decided for an image: what its tag holds, or that it names no platform. */
export function blockedProblem(reason: string, state: TagState): Problem {
  if (state.kind !== 'blocked')
    return toProblem(new AppError('plan.image-without-platform', { origin: 'package', params: { reason } }));
  const code = state.reason === 'unreadable' ? 'plan.tag-unreadable' : 'plan.tag-not-an-image';
  return toProblem(
    new AppError(code, {
      origin: 'registry',
      retryable: state.reason === 'unreadable',
      params: { detail: state.detail },
    }),
  );
}

/** What a report says of a tag's state. */
export function summaryOf(state: TagState): TagSummary | null | 'unreadable' {
  return state.kind === 'blocked' ? 'unreadable' : summarize(state);
}

function summarize(state: TagState): TagSummary | null {
  if (state.kind !== 'manifest' && state.kind !== 'index') return null;
  const { digest, mediaType } = state.manifest;
  const children = state.kind === 'manifest' ? [state.child] : state.children;
  return { digest, mediaType, platforms: children.map((child) => formatPlatform(child.platform)) };
}

/** What the tag holds when the decision has been carried out. */
export function afterOf({ decision, state }: TagForecast): TagOutcome['after'] {
  if (state.kind === 'blocked') return 'unreadable';
  if (!decision.after) return summarize(state);
  const { digest, mediaType, platforms } = decision.after;
  return { digest, mediaType, platforms: platforms.map(formatPlatform) };
}

/** Manifest bytes from the spool, checked against the digest they were put in with. */
export function manifestFrom(bytes: Buffer, mediaType: string, digest: Digest): RawManifest {
  if (digestOf(bytes) !== digest) {
    throw new AppError('app.defect', {
      origin: 'app',
      params: { detail: `spooled manifest ${digest} changed` },
    });
  }
  return rawManifest(bytes, mediaType);
}
