// Changes an index that another tool made: only the entry of the image that comes in is replaced or added, all other bytes stay.
import { ATTESTATION_SUBJECT, isAttestation, type Descriptor } from '../content/descriptor.js';
import { rawManifest, type ImageIndex, type RawManifest } from '../content/manifest.js';
import { comparePlatforms, type Platform } from '../content/platform.js';
import { attestationsOf, childOf, type IncomingImage } from './incoming-image.js';
import type { IndexDraft } from './index-draft.js';
import { cutIndex, entryText, joinIndex, type EntryText, type IndexText } from './index-text.js';
import { childKey, isImageChild, stateOf, type ChildState } from './tag-state.js';

interface Entry {
  readonly descriptor: Descriptor;
  readonly text: EntryText;
  /** Null for everything that is not an image for a platform. */
  readonly child: ChildState | null;
  /** True for entries that Archbridge appended in this run, or (as far as the form of the entry tells) in an earlier one. */
  readonly appended: boolean;
}

export class ForeignIndex implements IndexDraft {
  readonly #mediaType: string;
  readonly #cut: IndexText;
  readonly #entries: readonly Entry[];

  private constructor(mediaType: string, cut: IndexText, entries: readonly Entry[]) {
    this.#mediaType = mediaType;
    this.#cut = cut;
    this.#entries = entries;
  }

  static of(manifest: RawManifest, index: ImageIndex, children: readonly ChildState[]): ForeignIndex {
    const cut = cutIndex(manifest.bytes);
    // if the first entry has another form than Archbridge writes, the entries of that form were appended by Archbridge
    const [first] = index.manifests;
    const tellsApart = first !== undefined && !hasOwnForm(first);
    const entries = index.manifests.map((descriptor, i) => ({
      descriptor,
      text: cut.entries[i] ?? { text: '' },
      child: isImageChild(descriptor) ? stateOf(descriptor, children) : null,
      appended: tellsApart && hasOwnForm(descriptor),
    }));
    return new ForeignIndex(index.mediaType, cut, entries);
  }

  childFor(key: string): ChildState | undefined {
    return this.#entries.find((entry) => keyOf(entry) === key)?.child ?? undefined;
  }

  put(image: IncomingImage): ForeignIndex {
    const at = this.#entries.findIndex((entry) => keyOf(entry) === childKey(image.platform));
    const old = this.#entries[at];
    return old ? this.#replace(at, old, image) : this.#append(image);
  }

  encode(): RawManifest {
    const bytes = joinIndex(
      this.#cut,
      this.#entries.map((entry) => entry.text),
    );
    return rawManifest(bytes, this.#mediaType);
  }

  platforms(): readonly Platform[] {
    const platforms = new Map<string, Platform>();
    for (const { child } of this.#entries) {
      if (child && !platforms.has(childKey(child.platform)))
        platforms.set(childKey(child.platform), child.platform);
    }
    return [...platforms.values()];
  }

  #replace(at: number, old: Entry, image: IncomingImage): ForeignIndex {
    const child = childOf(image);
    const text = entryText(this.#cut, child.descriptor, old.descriptor);
    const entry: Entry = { ...old, descriptor: child.descriptor, child, text: { ...old.text, text } };
    const others = this.#entries.filter((one) => one !== old);
    // attestations stay where another platform has the same image, which they describe as well
    const isShared = others.some((one) => one.child?.descriptor.digest === old.descriptor.digest);
    const stays = (one: Entry): boolean => isShared || subjectOf(one) !== old.descriptor.digest;
    return this.#with([
      ...this.#entries.slice(0, at).filter(stays),
      entry,
      ...this.#attestationsOf(image),
      ...this.#entries.slice(at + 1).filter(stays),
    ]);
  }

  #append(image: IncomingImage): ForeignIndex {
    const child = childOf(image);
    const text = { text: entryText(this.#cut, child.descriptor) };
    const entry: Entry = { descriptor: child.descriptor, child, text, appended: true };
    const at = this.#endFor(image.platform);
    return this.#with(this.#entries.toSpliced(at, 0, entry, ...this.#attestationsOf(image)));
  }

  /** Behind the entries of the other tool; what Archbridge appended is ordered by platform, whatever was imported first. */
  #endFor(platform: Platform): number {
    let end = this.#entries.length;
    for (const [i, entry] of [...this.#entries.entries()].reverse()) {
      if (isAttestation(entry.descriptor)) continue;
      if (!entry.appended || !entry.child || comparePlatforms(entry.child.platform, platform) <= 0) break;
      end = i;
    }
    return end;
  }

  #attestationsOf(image: IncomingImage): readonly Entry[] {
    return attestationsOf(image)
      .filter(({ digest }) => !this.#entries.some((entry) => entry.descriptor.digest === digest))
      .map((descriptor) => {
        const text = { text: entryText(this.#cut, descriptor) };
        return { descriptor, text, child: null, appended: true };
      });
  }

  #with(entries: readonly Entry[]): ForeignIndex {
    return new ForeignIndex(this.#mediaType, this.#cut, entries);
  }
}

function keyOf({ child }: Entry): string | null {
  return child && childKey(child.platform);
}

function subjectOf({ descriptor }: Entry): string | undefined {
  return isAttestation(descriptor) ? descriptor.annotations?.[ATTESTATION_SUBJECT] : undefined;
}

/** True for an entry that looks as Archbridge (and Docker's own `manifest` command) writes one. */
function hasOwnForm({ raw }: Descriptor): boolean {
  return Object.keys(raw ?? {}).join() === 'mediaType,size,digest,platform';
}
