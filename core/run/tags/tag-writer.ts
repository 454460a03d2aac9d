// Writes the images of the packages to one tag: reads it, decides, pushes children, reads it again, writes it, reads it back.
import { digestOf, type Digest } from '../../content/digest.js';
import { rawManifest, respelled, spellings, type RawManifest } from '../../content/manifest.js';
import { describePlatform } from '../../content/platform.js';
import { AppError, toProblem } from '../../errors.js';
import { contentName } from '../../plan/follow-plan.js';
import type { IncomingImage, TagDecision } from '../../plan/fuse.js';
import type { TagState } from '../../plan/tag-state.js';
import { referenceIn } from '../../target/place.js';
import type { Journal } from '../../journal/journal.js';
import { concernsOneItem } from '../base/run-ending.js';
import type { TagDecider } from './tag-decider.js';
import {
  displacedParts,
  partsIn,
  replacedBy,
  TagParts,
  type LostChild,
  type Parts,
  type TagPartsOptions,
} from './tag-parts.js';
import {
  afterOf,
  rowsOf,
  STORES,
  summaryIn,
  summaryOf,
  type TagContent,
  type TagForecast,
  type TagRow,
} from './tag-rows.js';

/** How often a tag that changes meanwhile is read and decided again before it is reported as contended. */
const ATTEMPTS = 5;

/** An image for the tag, with the bytes of its manifests. */
export interface TagInput {
  readonly incoming: IncomingImage;
  /** Manifests of attestations; they are pushed before the index that lists them. */
  readonly attached: readonly RawManifest[];
  readonly sources: readonly string[];
}

/** The outcome for one tag. */
export interface TagOutcome {
  readonly repository: string;
  readonly tag: string;
  readonly before: TagContent;
  readonly after: TagContent;
  /** In the order of the inputs. */
  readonly rows: readonly TagRow[];
  /** The manifest that this run wrote, for the sweep; null when the tag was left as it was. */
  readonly written: RawManifest | null;
  /** Images that the written manifest took the place of. */
  readonly replaced: ReadonlySet<Digest>;
  /** Platforms that the tag lists and whose manifest was not in the target, without those that the run brings. */
  readonly lost: readonly LostChild[];
}

export interface TagWriterOptions extends TagPartsOptions {
  readonly decider: TagDecider;
  /** Decides from what was read of a tag while blobs were sent; absent: nothing was. */
  readonly early?: EarlyDecider;
  readonly journal: Journal;
  /** True: a tag that changed since its forecast is left alone. */
  readonly isBound?: boolean;
  /** True: nothing was sent since the forecasts, so that what they read needs no second look unless the tag is written. */
  readonly isForecastFresh?: boolean;
}

/** Tags that were read before their images were known. */
export interface EarlyDecider {
  readonly decider: TagDecider;
  /** True when the tag was read and the answer was not used yet. */
  hasRead(repository: string, tag: string): boolean;
}

/** An image whose manifest the registry accepts and holds as an empty file. */
class BrokenChild {
  constructor(readonly input: TagInput) {}
}

/** The image with its manifest in other bytes, which a registry with an empty file of that manifest can store. */
function respelledInput({ incoming, ...rest }: TagInput): TagInput {
  const manifest = respelled(incoming.manifest);
  const descriptor = { ...incoming.descriptor, digest: manifest.digest, size: manifest.bytes.length };
  return { ...rest, incoming: { ...incoming, manifest, descriptor } };
}

/** What the tag holds with the digest under which the target stored it. */
function asHeld(after: TagContent, { digest }: RawManifest): TagContent {
  return after === null || after === 'unreadable' ? after : { ...after, digest };
}

/** Decides about a tag and writes it. */
export class TagWriter {
  readonly #options: TagWriterOptions;
  readonly parts: TagParts;

  constructor(options: TagWriterOptions) {
    this.#options = options;
    this.parts = new TagParts(options);
  }

  /** What the tag holds now, for the row of an image that was not written. */
  async look(repository: string, tag: string): Promise<TagContent> {
    try {
      return summaryOf((await this.#options.decider.decide(repository, tag, [])).state);
    } catch (error) {
      if (!concernsOneItem(error, this.#options)) throw error;
      return 'unreadable';
    }
  }

  /**
   * Failures of this tag alone are in the rows; failures that end the run are thrown. `forecast`: what was decided before anything
   * was sent; it is used in the first attempt if the tag has not changed since.
   */
  async write(
    repository: string,
    tag: string,
    given: readonly TagInput[],
    forecast: TagForecast | null = null,
  ): Promise<TagOutcome> {
    let inputs = given;
    let before: TagContent | undefined;
    let written: RawManifest | null = null;
    let replaced: ReadonlySet<Digest> = new Set();
    let writtenRows: readonly TagRow[] | null = null;
    const parts = new Map<Digest, RawManifest>();
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const known = attempt === 1 ? forecast : null;
        const early = attempt === 1 && known === null ? this.#early(repository, tag) : null;
        const now = known ?? (await (early ?? this.#options.decider).decide(repository, tag, inputs));
        const { state, decision } = now;
        if (written && state.kind === 'blocked') throw this.#notReadAgain(repository, tag);
        const isUnchanged = () => this.#isUnchanged(repository, tag, state, early !== null);
        const isOld = early !== null || (known !== null && !this.#options.isForecastFresh);
        const mayHaveChanged = isOld && state.kind !== 'blocked' && !decision.write;
        if (mayHaveChanged && !(await isUnchanged())) {
          if (known && this.#options.isBound) return await this.#left(repository, tag, inputs, state);
          continue;
        }
        if (before === undefined || written === null) before = summaryOf(state);
        // after the first write its rows are kept: later attempts only repair what another writer did meanwhile
        const rows: readonly TagRow[] = writtenRows ?? rowsOf(now);
        const brought = await this.#putChildren(repository, inputs, decision);
        if (brought instanceof BrokenChild) {
          inputs = inputs.map((input) => (input === brought.input ? respelledInput(input) : input));
          continue;
        }
        const lost = await this.parts.findLost(repository, tag, state, decision.write, brought);
        const done = { repository, tag, before, after: afterOf(now), rows, lost };
        if (!decision.write) return { ...done, written, replaced };
        const leaving = await this.#leaving(repository, state, decision.write);
        for (const part of [...partsIn(state).values(), ...brought.values(), ...leaving])
          parts.set(part.digest, part);
        await this.#announce(repository, tag, state, decision.write, leaving);
        if (!(await isUnchanged())) {
          if (known && this.#options.isBound) return await this.#left(repository, tag, inputs, state);
          continue;
        }
        written = decision.write;
        replaced = replacedBy(state, written);
        const held = await this.#put(repository, tag, decision.write, state, parts, brought);
        if (held) return { ...done, after: asHeld(done.after, held), written: held, replaced };
        writtenRows = rows;
      }
      const target = referenceIn(this.#options.target, { repository, tag });
      throw new AppError('run.tag-contended', { origin: 'registry', retryable: true, params: { target } });
    } catch (error) {
      if (!concernsOneItem(error, this.#options)) throw error;
      const failed = inputs.map((input) => ({
        platform: describePlatform(input.incoming.platform),
        action: 'failed' as const,
        reason: '',
        problem: toProblem(error),
      }));
      const known = before === undefined ? 'unreadable' : before;
      // the answer to a write may be lost although the target stored it
      const after = written ? await this.look(repository, tag) : known;
      return { repository, tag, before: known, after, rows: failed, written: null, replaced, lost: [] };
    }
  }

  /** The tag was written, and what it holds now cannot be told. */
  #notReadAgain(repository: string, tag: string): AppError {
    const params = { target: referenceIn(this.#options.target, { repository, tag }) };
    return new AppError('run.tag-not-read-again', { origin: 'registry', retryable: true, params });
  }

  #early(repository: string, tag: string): TagDecider | null {
    const { early } = this.#options;
    return early?.hasRead(repository, tag) ? early.decider : null;
  }

  /** Rows for a tag that another writer changed after the plan was checked. It is left as it is now. */
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
      platform: describePlatform(incoming.platform),
      action: 'blocked' as const,
      reason: 'changed-since-plan',
      problem,
    }));
    return { repository, tag, before: now, after: now, rows, written: null, replaced: new Set(), lost: [] };
  }

  /**
   * Pushes children by digest before the index that lists them, and gives them, or the first that the registry holds as an empty file.
   * A single manifest is pushed under its tag only.
   */
  async #putChildren(
    repository: string,
    inputs: readonly TagInput[],
    decision: TagDecision,
  ): Promise<Parts | BrokenChild> {
    const { target, signal } = this.#options;
    const brought = new Map<Digest, RawManifest>();
    for (const [at, row] of decision.rows.entries()) {
      const input = inputs[at];
      if (!input || !STORES.has(row.action)) continue;
      for (const manifest of [...input.attached, input.incoming.manifest]) {
        if (decision.write?.digest === manifest.digest) continue;
        try {
          await target.putManifest(repository, manifest.digest, manifest, { signal });
        } catch (error) {
          const isBroken = error instanceof AppError && error.code === 'registry.manifest-broken';
          if (!isBroken || manifest !== input.incoming.manifest) throw error;
          return new BrokenChild(input);
        }
        brought.set(manifest.digest, manifest);
      }
    }
    return brought;
  }

  /** Reads the tag right before it is written, because registries offer no compare-and-swap. */
  async #isUnchanged(repository: string, tag: string, state: TagState, isEarly: boolean): Promise<boolean> {
    const { target, signal } = this.#options;
    try {
      const current = await target.getManifest(repository, tag, { signal });
      return (current?.digest ?? null) === (manifestOf(state)?.digest ?? null);
    } catch (error) {
      // a list of tags told early that there is none: a tag that cannot be read is decided anew, which says why
      if (isEarly && concernsOneItem(error, this.#options)) return false;
      throw error;
    }
  }

  /** The manifests that leave the tag with its former index. A folder keeps them for as long as a name needs them. */
  async #leaving(repository: string, state: TagState, next: RawManifest): Promise<readonly RawManifest[]> {
    const { target, signal } = this.#options;
    if (state.kind !== 'index' || target.kind === 'folder') return [];
    return displacedParts(target, repository, state.manifest, next, partsIn(state), { signal });
  }

  /**
   * Records durably what the tag held before it is written, so that an undo is possible after any interruption. Manifests that leave
   * with a former index are kept as well, because a registry may remove them.
   */
  async #announce(
    repository: string,
    tag: string,
    state: TagState,
    next: RawManifest,
    leaving: readonly RawManifest[],
  ): Promise<void> {
    const { target, journal } = this.#options;
    const seen = manifestOf(state);
    for (const manifest of seen ? [seen, ...leaving] : []) await journal.keepManifest(manifest);
    await journal.append({
      type: 'tag-writing',
      target: referenceIn(target, { repository, tag }),
      before: seen && summaryIn(state),
      next: next.digest,
    });
    await journal.commit();
  }

  /** Writes the tag, and puts back what goes away by that; gives what the tag then holds, null when it is something else. */
  async #put(
    repository: string,
    tag: string,
    next: RawManifest,
    state: TagState,
    parts: Parts,
    brought: Parts,
  ): Promise<RawManifest | null> {
    const { target, signal } = this.#options;
    const replaces = manifestOf(state)?.digest ?? null;
    const moved = { repository, written: next, parts: parts.values(), fresh: new Set(brought.keys()) };
    // when the run is cancelled the target finishes a write under way and confirms it
    const held = await this.parts.around(moved, { signal }, () =>
      target.putManifest(repository, tag, next, { signal, replaces }),
    );
    if (signal.aborted) return next;
    return spellings(next).find(({ digest }) => digest === held) ?? null;
  }
}

function manifestOf(state: TagState): RawManifest | null {
  return state.kind === 'manifest' || state.kind === 'index' ? state.manifest : null;
}

/** The problem that a tag changed since the plan was made; it names both digests. */
function tagChanged(target: string, planned: TagContent, found: TagContent): AppError {
  const params = { target, planned: contentName(planned), found: contentName(found) };
  return new AppError('plan.tag-changed', { origin: 'registry', params });
}

/** A manifest from the spool; its bytes are checked against the digest. */
export function manifestFrom(bytes: Buffer, mediaType: string, digest: Digest): RawManifest {
  if (digestOf(bytes) !== digest) {
    throw new AppError('app.defect', {
      origin: 'app',
      params: { detail: `spooled manifest ${digest} changed` },
    });
  }
  return rawManifest(bytes, mediaType);
}
