// An index that Archbridge made. Its bytes depend on its content alone, whatever the order of imports was. It carries no mark: an
// index counts as one of Archbridge when encoding its content gives the same bytes.
import { ATTESTATION_SUBJECT, isAttestation, type Descriptor } from '../content/descriptor.js';
import { encodeIndex, type ImageIndex, type RawManifest } from '../content/manifest.js';
import { DOCKER_LIST, isDockerType, OCI_INDEX } from '../content/media-types.js';
import { comparePlatforms, type Platform } from '../content/platform.js';
import { attestationsOf, childDescriptor, childOf, type IncomingImage } from './incoming-image.js';
import type { IndexDraft } from './index-draft.js';
import { childKey, isImageChild, stateOf, type ChildState } from './tag-state.js';

/** One image and the attestations that describe it. */
interface Group {
  readonly child: ChildState;
  readonly attestations: readonly Descriptor[];
}

/** An index whose bytes follow from its entries. */
export class OwnIndex implements IndexDraft {
  readonly #groups: readonly Group[];
  readonly #alwaysOci: boolean;

  private constructor(groups: readonly Group[], alwaysOci: boolean) {
    this.#groups = groups.toSorted((a, b) => comparePlatforms(a.child.platform, b.child.platform));
    this.#alwaysOci = alwaysOci;
  }

  /** The draft of a new index with these images: none, or the one that a tag holds without an index. */
  static of(children: readonly ChildState[], alwaysOci: boolean): OwnIndex {
    return new OwnIndex(
      children.map((child) => ({ child, attestations: [] })),
      alwaysOci,
    );
  }

  /**
   * The draft of an index that Archbridge made; null when another tool made it. An index from a folder target, where all are OCI
   * indexes, keeps that type in a registry; a Docker list in a folder becomes an OCI index.
   */
  static recognise(
    manifest: RawManifest,
    index: ImageIndex,
    children: readonly ChildState[],
    alwaysOci: boolean,
  ): OwnIndex | null {
    const groups = groupsOf(index, children);
    if (!groups) return null;
    const drafts = [new OwnIndex(groups, alwaysOci), new OwnIndex(groups, !alwaysOci)];
    const made = drafts.find((draft) => draft.encode().bytes.equals(manifest.bytes));
    return made && alwaysOci ? new OwnIndex(groups, true) : (made ?? null);
  }

  childrenFor(key: string): readonly ChildState[] {
    return this.#groups.map(({ child }) => child).filter((child) => childKey(child.platform) === key);
  }

  hasUnsupported(): boolean {
    return false;
  }

  put(image: IncomingImage): OwnIndex {
    const key = childKey(image.platform);
    const others = this.#groups.filter(({ child }) => childKey(child.platform) !== key);
    const group = { child: childOf(image), attestations: attestationsOf(image) };
    return new OwnIndex([...others, group], this.#alwaysOci);
  }

  encode(): RawManifest {
    const entries = this.#groups.flatMap(({ child, attestations }) => [
      childDescriptor(child.descriptor, child.platform),
      ...attestations,
    ]);
    const isDocker = !this.#alwaysOci && entries.every((entry) => isDockerType(entry.mediaType));
    return encodeIndex(isDocker ? DOCKER_LIST : OCI_INDEX, entries);
  }

  platforms(): readonly Platform[] {
    return this.#groups.map(({ child }) => child.platform);
  }
}

/** Null when the index holds an entry that Archbridge does not write. */
function groupsOf(index: ImageIndex, children: readonly ChildState[]): readonly Group[] | null {
  const groups: { child: ChildState; attestations: Descriptor[] }[] = [];
  const keys = new Set<string>();
  for (const entry of index.manifests) {
    if (isImageChild(entry)) {
      const child = stateOf(entry, children);
      if (keys.has(childKey(entry.platform))) return null;
      keys.add(childKey(entry.platform));
      groups.push({ child: { ...child, platform: entry.platform }, attestations: [] });
      continue;
    }
    const group = groups.at(-1);
    const subject = entry.annotations?.[ATTESTATION_SUBJECT];
    if (!isAttestation(entry) || subject !== group?.child.descriptor.digest) return null;
    group?.attestations.push(entry);
  }
  return groups.length === 0 ? null : groups;
}
