// Changes an index that another tool made: only the entry of the image that comes in is replaced or added, all other bytes stay.
import { ATTESTATION_SUBJECT, isAttestation, type Descriptor } from '../content/descriptor.js';
import { rawManifest, type ImageIndex, type RawManifest } from '../content/manifest.js';
import { comparePlatforms, type Platform } from '../content/platform.js';
import { attestationsOf, childOf, type IncomingImage } from './incoming-image.js';
import type { IndexDraft } from './index-draft.js';
import { cutIndex, entryText, joinIndex, type EntryText, type IndexText } from './index-text.js';
import { childKey, isImageChild, stateOf, type ChildState } from './tag-state.js';

interface Entry {
  /** Null for an entry that Archbridge cannot follow; its text stays. */
  readonly descriptor: Descriptor | null;
  readonly text: EntryText;
  /** `childKey` of what clients select by the entry's platform; null for an entry that is no image for a platform. */
  readonly key: string | null;
  /** The image; null where `key` is null, and where there is no descriptor. */
  readonly child: ChildState | null;
  /** True for entries that Archbridge appended in this run, or (as far as the form of the entry tells) in an earlier one. */
  readonly appended: boolean;
}

/** Changes entries and keeps every other byte of the text. */
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
    const [first] = index.entries;
    const tellsApart = first !== undefined && !hasOwnForm(first.descriptor);
    const entries = index.entries.map(({ descriptor, platform }, i): Entry => {
      const text = cut.entries[i] ?? { text: '' };
      if (descriptor === null)
        return { descriptor, text, key: platform && childKey(platform), child: null, appended: false };
      const child = isImageChild(descriptor) ? stateOf(descriptor, children) : null;
      return {
        descriptor,
        text,
        key: child && childKey(child.platform),
        child,
        appended: tellsApart && hasOwnForm(descriptor),
      };
    });
    return new ForeignIndex(index.mediaType, cut, entries);
  }

  childrenFor(key: string): readonly ChildState[] {
    return this.#entries.flatMap((entry) => (entry.key === key && entry.child ? [entry.child] : []));
  }

  hasUnsupported(key: string): boolean {
    return this.#entries.some((entry) => entry.key === key && entry.descriptor === null);
  }

  put(image: IncomingImage): ForeignIndex {
    const key = childKey(image.platform);
    const [first] = this.#entries.filter((entry) => entry.key === key && entry.child);
    return first ? this.#replace(first, image) : this.#append(image);
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

  /** The image takes the place of `first`; further entries of its platform go. */
  #replace(first: Entry, image: IncomingImage): ForeignIndex {
    const child = childOf(image);
    const text = entryText(this.#cut, child.descriptor, first.descriptor);
    const entry: Entry = { ...first, descriptor: child.descriptor, child, text: { ...first.text, text } };
    const others = this.#entries.filter((one) => one.key !== first.key);
    // attestations stay where the image that they describe stays: as this one, or for another platform
    const served = new Set([child, ...others.flatMap((one) => one.child ?? [])].map(digestOfChild));
    const gone = new Set<string>(this.childrenFor(childKey(image.platform)).map(digestOfChild));
    const stays = (one: Entry): boolean => {
      const subject = subjectOf(one);
      return one.key !== first.key && (subject === undefined || !gone.has(subject) || served.has(subject));
    };
    const at = this.#entries.indexOf(first);
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
    const key = childKey(image.platform);
    const entry: Entry = { descriptor: child.descriptor, key, child, text, appended: true };
    const at = this.#endFor(image.platform);
    return this.#with(this.#entries.toSpliced(at, 0, entry, ...this.#attestationsOf(image)));
  }

  /** Behind the entries of the other tool; what Archbridge appended is ordered by platform, whatever was imported first. */
  #endFor(platform: Platform): number {
    let end = this.#entries.length;
    for (const [i, entry] of [...this.#entries.entries()].reverse()) {
      if (entry.descriptor && isAttestation(entry.descriptor)) continue;
      if (!entry.appended || !entry.child || comparePlatforms(entry.child.platform, platform) <= 0) break;
      end = i;
    }
    return end;
  }

  #attestationsOf(image: IncomingImage): readonly Entry[] {
    return attestationsOf(image)
      .filter(({ digest }) => !this.#entries.some((entry) => entry.descriptor?.digest === digest))
      .map((descriptor) => {
        const text = { text: entryText(this.#cut, descriptor) };
        return { descriptor, text, key: null, child: null, appended: true };
      });
  }

  #with(entries: readonly Entry[]): ForeignIndex {
    return new ForeignIndex(this.#mediaType, this.#cut, entries);
  }
}

function digestOfChild({ descriptor }: ChildState): string {
  return descriptor.digest;
}

function subjectOf({ descriptor }: Entry): string | undefined {
  return descriptor && isAttestation(descriptor) ? descriptor.annotations?.[ATTESTATION_SUBJECT] : undefined;
}

/** True for an entry that looks as Archbridge (and Docker's own `manifest` command) writes one. */
function hasOwnForm(descriptor: Descriptor | null): boolean {
  return Object.keys(descriptor?.raw ?? {}).join() === 'mediaType,size,digest,platform';
}
