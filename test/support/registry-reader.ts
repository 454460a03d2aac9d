// Reads a registry with fetch and without the engine, to find out independently what a tag serves.
import { createHash } from 'node:crypto';
import { z } from 'zod';

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const descriptor = z.looseObject({ digest: z.string(), size: z.number(), mediaType: z.string() });
const manifestSchema = z.looseObject({ config: descriptor, layers: z.array(descriptor).nullable() });
const indexSchema = z.looseObject({
  manifests: z.array(
    descriptor.extend({
      platform: z.looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() }),
    }),
  ),
});
const configSchema = z.looseObject({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
});

/** What a tag serves; every child and blob was read. */
export interface ServedTag {
  readonly mediaType: string;
  readonly digest: string;
  /** Platform to digest of the manifest that a node gets. */
  readonly platforms: Readonly<Record<string, string>>;
}

async function get(base: string, path: string): Promise<{ type: string; bytes: Buffer } | null> {
  const response = await fetch(`${base}${path}`, { headers: { accept: ACCEPT } });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status === 404) return null;
  if (response.status !== 200) throw new Error(`${path} answered ${String(response.status)}`);
  return { type: response.headers.get('content-type') ?? '', bytes };
}

/** Repository to its tags, from the catalog. */
export async function allTags(base: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const catalog = await get(base, '/v2/_catalog?n=1000');
  const { repositories } = z
    .looseObject({ repositories: z.array(z.string()) })
    .parse(JSON.parse(String(catalog?.bytes)));
  const tags: Record<string, readonly string[]> = {};
  for (const repository of repositories) {
    const list = await get(base, `/v2/${repository}/tags/list`);
    if (!list) continue;
    const found = z
      .looseObject({ tags: z.array(z.string()).nullable() })
      .parse(JSON.parse(String(list.bytes))).tags;
    if (found?.length) tags[repository] = found.toSorted();
  }
  return tags;
}

/** Reads a tag down to its last blob; throws where anything is missing or does not match its digest. */
export async function readTag(base: string, repository: string, tag: string): Promise<ServedTag | null> {
  const top = await get(base, `/v2/${repository}/manifests/${tag}`);
  if (!top) return null;
  const json: unknown = JSON.parse(top.bytes.toString());
  const index = indexSchema.safeParse(json);
  const platforms: Record<string, string> = {};
  if (!index.success) {
    const { platform } = await checkImage(base, repository, top.bytes);
    platforms[platform] = sha256(top.bytes);
  } else {
    for (const child of index.data.manifests) {
      const raw = await get(base, `/v2/${repository}/manifests/${child.digest}`);
      if (!raw || sha256(raw.bytes) !== child.digest || raw.bytes.length !== child.size) {
        throw new Error(`${repository}:${tag} names ${child.digest}, which is not there as it says`);
      }
      const named = platformText(child.platform);
      const { platform } = await checkImage(base, repository, raw.bytes);
      if (named !== platform) throw new Error(`${repository}:${tag} says ${named}, the config ${platform}`);
      if (platforms[named]) throw new Error(`${repository}:${tag} lists ${named} twice`);
      platforms[named] = child.digest;
    }
  }
  return { mediaType: top.type, digest: sha256(top.bytes), platforms };
}

async function checkImage(base: string, repository: string, bytes: Buffer): Promise<{ platform: string }> {
  const manifest = manifestSchema.parse(JSON.parse(bytes.toString()));
  for (const blob of [manifest.config, ...(manifest.layers ?? [])]) {
    const stored = await get(base, `/v2/${repository}/blobs/${blob.digest}`);
    if (!stored || sha256(stored.bytes) !== blob.digest || stored.bytes.length !== blob.size) {
      throw new Error(`${repository} lacks ${blob.digest}`);
    }
  }
  const config = await get(base, `/v2/${repository}/blobs/${manifest.config.digest}`);
  return { platform: platformText(configSchema.parse(JSON.parse(String(config?.bytes)))) };
}

function platformText(platform: { os: string; architecture: string; variant?: string | undefined }): string {
  return [platform.os, platform.architecture, ...(platform.variant ? [platform.variant] : [])].join('/');
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
