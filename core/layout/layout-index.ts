// Reads index.json of an OCI image layout and changes names in it, keeping the entries of other programs as they are.
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md#indexjson-file
import { join } from 'node:path';
import { z } from 'zod';
import { optional } from '../content/absent.js';
import { descriptorSchema, type Descriptor } from '../content/descriptor.js';
import type { Digest } from '../content/digest.js';
import { encodeGoJson } from '../content/go-json.js';
import { OCI_INDEX } from '../content/media-types.js';
import { AppError } from '../errors.js';
import { readIfPresent } from './optional-file.js';
import { compareText } from '../content/text-order.js';

export const REF_NAME = 'org.opencontainers.image.ref.name';
/** The full reference, as containerd and Docker write it. */
export const IMAGE_NAME = 'io.containerd.image.name';

export interface LayoutEntry {
  /** Null when the entry is no descriptor with a SHA-256 digest. Such an entry is kept in the file. */
  readonly descriptor: Descriptor | null;
  /** The names in its annotations, `io.containerd.image.name` first; `org.opencontainers.image.ref.name` may be only a tag. */
  readonly names: readonly string[];
  /** The JSON object as it stands in the file. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface LayoutIndex {
  readonly entries: readonly LayoutEntry[];
  /** The JSON object as it stands in the file, `manifests` included. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** The content that a name refers to. */
export type NamedContent = Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;

export const EMPTY_INDEX: LayoutIndex = {
  entries: [],
  raw: { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] },
};

const object = z.record(z.string(), z.unknown());
const indexSchema = z.looseObject({ schemaVersion: z.literal(2), manifests: optional(z.array(object)) });
const annotationsSchema = z.looseObject({
  annotations: z.looseObject({ [REF_NAME]: optional(z.string()), [IMAGE_NAME]: optional(z.string()) }),
});

/** Reads `<layout>/index.json`; an absent file is an empty index. Throws `folder.bad-index` when it is not one. */
export async function readLayoutIndex(
  layout: string,
  options: { signal: AbortSignal },
): Promise<LayoutIndex> {
  const path = join(layout, 'index.json');
  const bytes = await readIfPresent(path, options);
  return bytes === null ? EMPTY_INDEX : parseLayoutIndex(bytes, path);
}

/** Reads the bytes of an index.json; `path` is for the message. Throws `folder.bad-index`. */
export function parseLayoutIndex(bytes: Uint8Array, path: string): LayoutIndex {
  const bad = (detail: string): AppError =>
    new AppError('folder.bad-index', { origin: 'disk', params: { path, detail } });
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw bad('not JSON');
  }
  const raw = object.safeParse(json);
  const index = indexSchema.safeParse(json);
  if (!raw.success || !index.success) throw bad(index.error?.issues[0]?.message ?? 'not an object');
  return { raw: raw.data, entries: (index.data.manifests ?? []).map(entryOf) };
}

function entryOf(raw: Record<string, unknown>): LayoutEntry {
  const annotations = annotationsSchema.safeParse(raw).data?.annotations;
  const names = [annotations?.[IMAGE_NAME], annotations?.[REF_NAME]].filter((name) => name !== undefined);
  return { raw, names: [...new Set(names)], descriptor: descriptorSchema.safeParse(raw).data ?? null };
}

/**
 * The entry of a name; null when absent. Throws `folder.ambiguous-name` when several entries have it (the specification
 * allows one per platform): pointing the name at something new would lose the others.
 */
export function entryNamed(index: LayoutIndex, name: string, path: string): Descriptor | null {
  const found = index.entries.filter((entry) => entry.names.includes(name));
  const [first] = found;
  if (first === undefined) return null;
  if (found.length > 1 || first.descriptor === null) {
    throw new AppError('folder.ambiguous-name', {
      origin: 'disk',
      params: { name, path, count: found.length },
    });
  }
  return first.descriptor;
}

/** All names, each as its entry calls it in full. */
export function namesOf(index: LayoutIndex): string[] {
  return index.entries.flatMap((entry) => entry.names.slice(0, 1));
}

/**
 * The index with some names changed: to new content, or removed (null). Entries of other programs come first in their own order,
 * then those that Archbridge wrote, sorted by name, so that the same names give the same bytes whatever the order of the changes was.
 */
export function withNames(
  index: LayoutIndex,
  changes: ReadonlyMap<string, NamedContent | null>,
): LayoutIndex {
  const left = new Map(changes);
  const entries = index.entries.flatMap((entry) => {
    const name = entry.names.find((candidate) => left.has(candidate));
    const content = name === undefined ? undefined : left.get(name);
    if (name === undefined || content === undefined) return [entry];
    left.delete(name);
    return content === null ? [] : [namedEntry(name, content, entry.raw)];
  });
  for (const [name, content] of left) if (content) entries.push(namedEntry(name, content, {}));
  const ours = entries.filter(isOurs).sort((a, b) => compareText(a.names[0] ?? '', b.names[0] ?? ''));
  const sorted = [...entries.filter((entry) => !isOurs(entry)), ...ours];
  return { entries: sorted, raw: { ...index.raw, manifests: sorted.map((entry) => entry.raw) } };
}

/** The bytes of index.json. */
export function encodeLayoutIndex(index: LayoutIndex): Buffer {
  return encodeGoJson(index.raw);
}

/** True for an entry that Archbridge wrote: both annotations hold the same full reference, which no other program writes. */
function isOurs({ raw, names }: LayoutEntry): boolean {
  const annotations = annotationsSchema.safeParse(raw).data?.annotations;
  return names.length === 1 && annotations?.[REF_NAME] === annotations?.[IMAGE_NAME];
}

/** Fields that describe the old content and are removed when the entry gets new content. */
const ABOUT_CONTENT = new Set(['platform', 'data', 'urls', 'artifactType']);

function namedEntry(
  name: string,
  content: NamedContent,
  old: Readonly<Record<string, unknown>>,
): LayoutEntry {
  const annotations = object.safeParse(old['annotations']).data ?? {};
  const kept = Object.entries(old).filter(
    ([key]) => old['digest'] === content.digest || !ABOUT_CONTENT.has(key),
  );
  return entryOf({
    ...Object.fromEntries(kept),
    mediaType: content.mediaType,
    size: content.size,
    digest: content.digest,
    annotations: { ...annotations, [IMAGE_NAME]: name, [REF_NAME]: name },
  });
}

/** Path of a blob's file in a layout, with the separators of this operating system. */
export function blobPath(layout: string, digest: Digest): string {
  return join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length));
}
