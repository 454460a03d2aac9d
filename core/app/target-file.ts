// Reads a target from a file that the site already has: the installer's clusterConfig.yaml, or a charts-syncer configuration.
import { open } from 'node:fs/promises';
import type { AppMethods, TargetSpec } from '../contract.js';
import { AppError } from '../errors.js';
import { onDisk } from '../layout/disk-error.js';
import { parseClusterConfig } from '../target/cluster-config.js';
import { parseSyncerConfig } from '../target/syncer-config.js';

/** Bytes. Such files have some hundred lines. */
const LARGEST = 1024 * 1024;

/** The target that a file describes, credentials included; notes are messages for people. */
export interface FileTarget {
  readonly kind: AppMethods['readTargetFile']['out']['kind'];
  readonly spec: TargetSpec;
  readonly notes: readonly AppError[];
}

/** Throws AppErrors of origin `config` for what cannot be used, `app.target-file-too-large`, and errors of the disk. */
export async function readTargetFile(
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<FileTarget> {
  const text = await readText(path);
  signal.throwIfAborted();
  if (/^kind:\s*["']?ClusterConfig\b/m.test(text)) {
    const { target, notes } = parseClusterConfig(text, path);
    return { kind: 'cluster-config', spec: target, notes };
  }
  const { target, notes } = parseSyncerConfig(text, path, {});
  return { kind: 'syncer-config', spec: target, notes };
}

async function readText(path: string): Promise<string> {
  return onDisk(path, 'read', async () => {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LARGEST + 1), 0, LARGEST + 1, 0);
      if (bytesRead <= LARGEST) return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
    throw new AppError('app.target-file-too-large', { origin: 'config', params: { path } });
  });
}
