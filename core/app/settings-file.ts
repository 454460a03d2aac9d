// The app's settings: one small JSON file in the state folder, and the saved targets, which have a file of their own beside it. A damaged
// file of settings is renamed and the app starts with defaults.
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { AppSettings, RememberedTarget } from '../contract.js';
import { replaceFile } from '../layout/durable-file.js';
import { readIfPresent } from '../layout/optional-file.js';
import { SavedTargets, savedTargetsSchema } from '../target/saved-targets.js';
import { pathSchema } from '../target/target-spec-schema.js';
import type { Cancellable } from '../ports/cancellable.js';

const MOST_RECENT = 50;

const shape = {
  language: z.enum(['en', 'zh-CN', 'system']),
  theme: z.enum(['light', 'dark', 'system']),
  recentPackages: z.array(pathSchema).max(MOST_RECENT),
  watchedFolders: z.array(pathSchema).max(MOST_RECENT),
  targets: savedTargetsSchema,
  concurrency: z.int().min(1).max(64),
  limitRate: z.int().min(0),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
  verifyAfterImport: z.boolean(),
};

/** What a window may change; fields that are absent keep their values. */
export const settingsChangeSchema: z.ZodType<Partial<AppSettings>> = z.strictObject({
  language: shape.language.exactOptional(),
  theme: shape.theme.exactOptional(),
  recentPackages: shape.recentPackages.exactOptional(),
  watchedFolders: shape.watchedFolders.exactOptional(),
  targets: shape.targets.exactOptional(),
  concurrency: shape.concurrency.exactOptional(),
  limitRate: shape.limitRate.exactOptional(),
  logLevel: shape.logLevel.exactOptional(),
  verifyAfterImport: shape.verifyAfterImport.exactOptional(),
});

export const DEFAULT_SETTINGS: AppSettings = {
  language: 'system',
  theme: 'system',
  recentPackages: [],
  watchedFolders: [],
  targets: [],
  concurrency: 4,
  limitRate: 0,
  logLevel: 'info',
  verifyAfterImport: true,
};

/** Reads the file once, then keeps the settings in memory, the targets excepted. Changes are written one after the other. */
export class SettingsFile {
  readonly #path: string;
  readonly #saved: SavedTargets;
  #settings: AppSettings | null = null;
  /** The targets that were given out last; a window changes these, and not those that another process has saved since. */
  #shown: readonly RememberedTarget[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
    this.#saved = new SavedTargets(dirname(path));
  }

  /** Returns defaults where there is no file or an unusable one; an unusable file is renamed to `….damaged`. */
  async read(options: Cancellable): Promise<AppSettings> {
    // A window that is loaded again sees what it changed right before that.
    await this.#last;
    return this.#read(options);
  }

  async #read(options: Cancellable): Promise<AppSettings> {
    this.#settings ??= await this.#load(options);
    this.#shown = await this.#saved.list(options);
    return { ...this.#settings, targets: this.#shown };
  }

  async change(changes: Partial<AppSettings>, options: Cancellable): Promise<AppSettings> {
    const turn = this.#last.then(() => this.#apply(changes, options));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #apply(changes: Partial<AppSettings>, options: Cancellable): Promise<AppSettings> {
    const shown = this.#shown;
    const { targets: _own, ...settings } = { ...(await this.#read(options)), ...changes };
    const wanted = changes.targets;
    // Written before the settings, which held the targets formerly and hold them no longer.
    this.#shown = await this.#saved.change((now) => (wanted ? merged(shown, wanted, now) : now), options);
    await mkdir(dirname(this.#path), { recursive: true });
    const bytes = Buffer.from(`${JSON.stringify(settings, null, 2)}\n`);
    await replaceFile(this.#path, `${this.#path}.${process.pid}.new`, bytes);
    this.#settings = { ...settings, targets: [] };
    return { ...settings, targets: this.#shown };
  }

  async #load(options: Cancellable): Promise<AppSettings> {
    const bytes = await readIfPresent(this.#path, options);
    if (bytes === null) return DEFAULT_SETTINGS;
    const read = settingsOf(bytes.toString('utf8'));
    if (read) return read;
    await rename(this.#path, `${this.#path}.damaged`);
    return DEFAULT_SETTINGS;
  }
}

/** The targets of a window, and those that were saved elsewhere since it got its list. */
function merged(
  shown: readonly RememberedTarget[],
  wanted: readonly RememberedTarget[],
  now: readonly RememberedTarget[],
): readonly RememberedTarget[] {
  const known = new Set([...shown, ...wanted].map(({ id }) => id));
  return [...wanted, ...now.filter(({ id }) => !known.has(id))];
}

/** The settings in a file. A setting that is missing or of another version gets its default; null when the file holds no settings. */
function settingsOf(text: string): AppSettings | null {
  try {
    const fields = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    const known: Partial<AppSettings>[] = Object.keys(shape).map((name) => {
      const one = settingsChangeSchema.safeParse({ [name]: fields[name] });
      return one.success ? one.data : {};
    });
    return known.reduce<AppSettings>((all, one) => ({ ...all, ...one }), DEFAULT_SETTINGS);
  } catch {
    return null;
  }
}
