// Records what fsync and fdatasync made durable: of files the bytes, of folders the names. Linux only, for it asks /proc.
import { fstatSync, readdirSync, readlinkSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

export interface SyncSpy {
  /** Bytes of a file that survive a loss of power; 0 when it was never synced. */
  bytesOf(path: string): number;
  /** True when the name of a file or folder survives. */
  hasName(folder: string, name: string): boolean;
  /** How often a file or folder was synced. */
  count(path: string): number;
  end(): void;
}

/** Watches all files of this process until `end`. */
export async function spyOnSyncs(): Promise<SyncSpy> {
  const bytes = new Map<string, number>();
  const names = new Map<string, ReadonlySet<string>>();
  const counts = new Map<string, number>();
  const any = await open('/dev/null');
  const prototype = Object.getPrototypeOf(any) as Pick<FileHandle, 'sync' | 'datasync'>;
  await any.close();
  const { sync, datasync } = prototype;
  const watched = (own: () => Promise<void>) =>
    async function (this: FileHandle): Promise<void> {
      const path = readlinkSync(`/proc/self/fd/${String(this.fd)}`);
      const stat = fstatSync(this.fd);
      // what is written while the sync runs need not be in it
      const present = stat.isDirectory() ? new Set(readdirSync(path)) : null;
      await own.call(this);
      counts.set(path, (counts.get(path) ?? 0) + 1);
      if (present) names.set(path, present);
      else bytes.set(path, stat.size);
    };
  prototype.sync = watched(sync);
  prototype.datasync = watched(datasync);
  return {
    bytesOf: (path) => bytes.get(path) ?? 0,
    hasName: (folder, name) => names.get(folder)?.has(name) ?? false,
    count: (path) => counts.get(path) ?? 0,
    end: () => Object.assign(prototype, { sync, datasync }),
  };
}
