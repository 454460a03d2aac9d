// Drives that packages come on: what is plugged in, how much room it has, and which packages lie on it.
import { statfs } from 'node:fs/promises';
import { basename } from 'node:path';
import { blockDevices } from 'systeminformation';
import type { Drive } from '../contract.js';
import { findPackages } from './package-files.js';
import type { Cancellable } from '../ports/cancellable.js';

/** What the system tells of a disk or a part of one. */
export interface BlockDevice {
  /** `sdb`, `sdb1`. */
  readonly name: string;
  readonly type: string;
  /** Where it is mounted; '' when it is not. */
  readonly mount: string;
  readonly label: string;
  readonly model: string;
  readonly removable: boolean;
  /** `usb`, `sata`, ...; only of whole disks. */
  readonly protocol: string;
}

/** Places where systems mount what somebody plugs in. */
const MEDIA = /^\/(?:media|mnt|run\/media|Volumes)\/./;
/** A drive that does not answer must not hold up the others. */
const PATIENCE_MS = 5_000;
const LOOK_AGAIN_MS = 5_000;

/** Mounted drives that came from outside: removable ones, USB disks, and what lies where media are mounted. */
export async function readDrives(
  { signal }: Cancellable,
  devices: () => Promise<readonly BlockDevice[]> = blockDevices,
): Promise<readonly Drive[]> {
  const all = (await inTime(devices(), signal)) ?? [];
  const usbDisks = all.filter(({ protocol }) => /usb/i.test(protocol ?? '')).map(({ name }) => name);
  const isUsb = (name: string): boolean => usbDisks.some((disk) => name.startsWith(disk));
  const mounted = all.filter(
    ({ mount, name, removable }) => mount && mount !== '/' && (removable || isUsb(name) || MEDIA.test(mount)),
  );
  const drives = await Promise.all(mounted.map((device) => inTime(driveAt(device, { signal }), signal)));
  return drives
    .filter((drive) => drive !== null)
    .filter((drive, index, list) => list.findIndex(({ path }) => path === drive.path) === index)
    .sort((a, b) => a.path.localeCompare(b.path, 'en'));

  async function driveAt(device: BlockDevice, options: Cancellable): Promise<Drive> {
    const { mount } = device;
    const room = await statfs(mount);
    return {
      label: device.label || basename(mount) || device.model || mount,
      path: mount,
      removable: device.removable || isUsb(device.name),
      bytes: room.blocks * room.bsize,
      free: room.bavail * room.bsize,
      packages: await findPackages(mount, options),
    };
  }
}

/** Null when it takes too long or fails: a drive that was pulled in this moment. */
async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  try {
    return await Promise.race([work.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
    signal.throwIfAborted();
  }
}

/** Keeps an eye on the drives while somebody wants to know. */
export class DriveWatch {
  readonly #read: (options: Cancellable) => Promise<readonly Drive[]>;
  readonly #onChange: (drives: readonly Drive[]) => void;
  readonly #pauseMs: number;
  #watching: AbortController | null = null;
  #looking: Promise<readonly Drive[]> | null = null;
  #known: readonly Drive[] | null = null;

  constructor(options: {
    readonly read: (options: Cancellable) => Promise<readonly Drive[]>;
    readonly onChange: (drives: readonly Drive[]) => void;
    /** Milliseconds between two looks. */
    readonly pauseMs?: number;
  }) {
    this.#read = options.read;
    this.#onChange = options.onChange;
    this.#pauseMs = options.pauseMs ?? LOOK_AGAIN_MS;
  }

  /** As they were when last looked at. */
  async known(options: Cancellable): Promise<readonly Drive[]> {
    return this.#known ?? this.look(options);
  }

  /** Looks now; those who ask at the same time share one look. */
  async look({ signal }: Cancellable): Promise<readonly Drive[]> {
    // shared, so nobody's signal ends it; it ends by itself within seconds
    this.#looking ??= this.#read({ signal: new AbortController().signal }).finally(
      () => (this.#looking = null),
    );
    const drives = await this.#looking;
    signal.throwIfAborted();
    const changed = JSON.stringify(drives) !== JSON.stringify(this.#known);
    this.#known = drives;
    if (changed && this.#watching) this.#onChange(drives);
    return drives;
  }

  start(): void {
    if (this.#watching) return;
    this.#watching = new AbortController();
    this.#lookAgain(this.#watching.signal);
  }

  stop(): void {
    this.#watching?.abort();
    this.#watching = null;
  }

  /** The next look begins only after the one before has ended. */
  #lookAgain(signal: AbortSignal): void {
    const timer = setTimeout(() => {
      void this.look({ signal })
        .catch(() => undefined)
        .then(() => {
          if (!signal.aborted) this.#lookAgain(signal);
        });
    }, this.#pauseMs);
    timer.unref();
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }
}
