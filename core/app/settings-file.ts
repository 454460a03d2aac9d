// The app's settings: one small JSON file in the state folder; a damaged one is kept aside and never stops the app.
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { AppSettings } from '../contract.js';
import { replaceFile } from '../layout/durable-file.js';
import { readIfPresent } from '../layout/optional-file.js';
import { pathSchema, targetSpecSchema, textSchema } from './request-schemas.js';
import type { Cancellable } from '../ports/cancellable.js';

const MOST_RECENT = 50;
const MOST_TARGETS = 200;

const rememberedTargetSchema = z.object({
  id: textSchema,
  label: textSchema,
  // credentials are not among its fields, so they are dropped wherever they came from
  spec: targetSpecSchema,
  username: textSchema,
  platforms: z.array(textSchema).max(50),
  skippedCharts: z.array(textSchema).max(5_000),
  lastUsed: textSchema,
});

const shape = {
  language: z.enum(['en', 'zh-CN', 'system']),
  theme: z.enum(['light', 'dark', 'system']),
  recentPackages: z.array(pathSchema).max(MOST_RECENT),
  watchedFolders: z.array(pathSchema).max(MOST_RECENT),
  targets: z.array(rememberedTargetSchema).max(MOST_TARGETS),
  concurrency: z.int().min(1).max(64),
  limitRate: z.int().min(0),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
  verifyAfterImport: z.boolean(),
};

/** What a window may change; fields that it does not name stay as they are. */
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

/** Reads once, then keeps the settings in memory; changes are written one after the other. */
export class SettingsFile {
  readonly #path: string;
  #settings: AppSettings | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Defaults where there is no file, or none that can be used; such a one is renamed to `….damaged`. */
  async read(options: Cancellable): Promise<AppSettings> {
    this.#settings ??= await this.#load(options);
    return this.#settings;
  }

  async change(changes: Partial<AppSettings>, options: Cancellable): Promise<AppSettings> {
    const turn = this.#last.then(() => this.#apply(changes, options));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #apply(changes: Partial<AppSettings>, options: Cancellable): Promise<AppSettings> {
    const settings = { ...(await this.read(options)), ...changes };
    await mkdir(dirname(this.#path), { recursive: true });
    const bytes = Buffer.from(`${JSON.stringify(settings, null, 2)}\n`);
    await replaceFile(this.#path, `${this.#path}.${process.pid}.new`, bytes);
    this.#settings = settings;
    return settings;
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

/** A setting of another version of the app, or one that is missing, gets its default; null for no settings at all. */
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
