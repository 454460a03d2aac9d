// What the Harbor double holds: projects with their quotas, repositories with blobs, manifests and tags.
import { createHash } from 'node:crypto';

export interface ProjectOptions {
  readonly isPublic?: boolean;
  /** Bytes; -1 without a limit. */
  readonly hard?: number;
  /** Bytes that count although no repository of the double holds them. */
  readonly used?: number;
  readonly isProxyCache?: boolean;
  /** Tags that may be written once. */
  readonly immutable?: RegExp;
}

export class Project {
  readonly name: string;
  readonly owner: string;
  readonly isPublic: boolean;
  readonly isProxyCache: boolean;
  readonly immutable: RegExp | null;
  hard: number;
  readonly #base: number;
  /** Bytes of each blob and manifest that counts for the quota. */
  readonly charged = new Map<string, number>();

  constructor(name: string, owner: string, options: ProjectOptions = {}) {
    this.name = name;
    this.owner = owner;
    this.isPublic = options.isPublic ?? false;
    this.isProxyCache = options.isProxyCache ?? false;
    this.immutable = options.immutable ?? null;
    this.hard = options.hard ?? -1;
    this.#base = options.used ?? 0;
  }

  get used(): number {
    return [...this.charged.values()].reduce((sum, size) => sum + size, this.#base);
  }

  /** False, with nothing charged, where the quota does not have the space for what is new of these. */
  charge(items: ReadonlyMap<string, number>): boolean {
    const fresh = [...items].filter(([digest]) => !this.charged.has(digest));
    const bytes = fresh.reduce((sum, [, size]) => sum + size, 0);
    if (bytes > 0 && this.hard >= 0 && this.used + bytes > this.hard) return false;
    for (const [digest, size] of fresh) this.charged.set(digest, size);
    return true;
  }
}

export interface StoredManifest {
  readonly type: string;
  readonly bytes: Buffer;
}

export class Repository {
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, StoredManifest>();
  readonly tags = new Map<string, string>();

  digestOf(reference: string): string | undefined {
    return reference.startsWith('sha256:') ? reference : this.tags.get(reference);
  }
}

export function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

interface ManifestParts {
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string; readonly urls?: readonly string[] }[];
  readonly manifests?: readonly { readonly digest: string }[];
}

/** The blobs and children that a manifest names; null for what is no JSON. */
export function partsOf(
  bytes: Buffer,
): { readonly blobs: readonly string[]; readonly children: readonly string[] } | null {
  let parts: ManifestParts;
  try {
    parts = JSON.parse(bytes.toString('utf8')) as ManifestParts;
  } catch {
    return null;
  }
  const { config, layers = [], manifests = [] } = parts;
  const named = [...(config ? [config] : []), ...layers.filter(({ urls }) => !urls)];
  return { blobs: named.map(({ digest }) => digest), children: manifests.map(({ digest }) => digest) };
}
