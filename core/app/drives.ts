// Drives on which packages may lie: which are plugged in, how much space they have, and which packages are on them.
import { statfs } from 'node:fs/promises';
import { basename } from 'node:path';
import { blockDevices } from 'systeminformation';
import type { Drive } from '../contract.js';
import { findPackages } from './package-files.js';
import type { Cancellable } from '../ports/cancellable.js';

/** What the system reports of a disk or a partition. */
export interface BlockDevice {
  /** Name of the device: `sdb`, `sdb1`. */
  readonly name: string;
  readonly type: string;
  /** Path at which it is mounted; '' when it is not. */
  readonly mount: string;
  readonly label: string;
  readonly model: string;
  readonly removable: boolean;
  /** `usb`, `sata`, ...; reported for whole disks only. */
  readonly protocol: string;
}

/** Folders below which systems mount drives that somebody plugs in. */
const MEDIA = /^\/(?:media|mnt|run\/media|Volumes)\/./;
/** Milliseconds; a drive that does not answer must not delay the others. */
const PATIENCE_MS = 5_000;
const LOOK_AGAIN_MS = 5_000;

/** Mounted drives that can be carried away: removable ones, USB disks, and whatever is mounted below {@link MEDIA}. */
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

/** The result of `work`; null when it takes too long or fails, as for a drive that is being pulled out. */
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

/** Looks for drives again and again while somebody subscribes. */
export class DriveWatch {
  readonly #read: (options: Cancellable) => Promise<readonly Drive[]>;
  readonly #onChange: (drives: readonly Drive[]) => void;
  readonly #pauseMs: number;
  /** Until the next look. */
  #timer: NodeJS.Timeout | undefined;
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

  /** The drives as the last look found them. */
  async known(options: Cancellable): Promise<readonly Drive[]> {
    return this.#known ?? this.look(options);
  }

  /** Looks now. Calls at the same time share one look. */
  async look({ signal }: Cancellable): Promise<readonly Drive[]> {
    // Several callers share this look, so no caller's signal cancels it. It ends within seconds.
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
    clearTimeout(this.#timer);
    this.#watching?.abort();
    this.#watching = null;
  }

  /** Starts the next look only after the one before has ended. */
  #lookAgain(signal: AbortSignal): void {
    const timer = setTimeout(() => {
      void this.look({ signal })
        .catch(() => undefined)
        .then(() => {
          if (!signal.aborted) this.#lookAgain(signal);
        });
    }, this.#pauseMs);
    timer.unref();
    this.#timer = timer;
  }
}
