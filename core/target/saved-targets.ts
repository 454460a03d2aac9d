// The saved targets: one file in the state folder, which the app and the command line share. It never holds a password.
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ChartRepositorySpec, RememberedTarget, TargetSpec } from '../contract.js';
import { AppError } from '../errors.js';
import { oneAtATime } from '../flow/one-at-a-time.js';
import { replaceFile } from '../layout/durable-file.js';
import { readIfPresent } from '../layout/optional-file.js';
import type { Cancellable } from '../ports/cancellable.js';
import { targetSpecSchema, textSchema, type FieldsOf } from './target-spec-schema.js';

const MOST_TARGETS = 200;

export const savedTargetsSchema: z.ZodType<readonly RememberedTarget[]> = z
  .array(
    z.object({
      id: textSchema,
      label: textSchema,
      spec: targetSpecSchema,
      username: textSchema,
      chartsUsername: textSchema.exactOptional(),
      platforms: z.array(textSchema).max(50),
      skippedCharts: z.array(textSchema).max(5_000),
      lastUsed: textSchema,
      isDefault: z.boolean().exactOptional(),
    } satisfies FieldsOf<RememberedTarget>),
  )
  .max(MOST_TARGETS);

const fileSchema = z.looseObject({ targets: savedTargetsSchema });

/** The saved targets of a state folder. The file is read anew each time, because another process may have changed it. */
export class SavedTargets {
  readonly #path: string;
  /** The app's settings, which held the targets before they had a file of their own. */
  readonly #former: string;
  readonly #stateDir: string;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
    this.#path = join(stateDir, 'targets.json');
    this.#former = join(stateDir, 'app-settings.json');
  }

  /** Empty where there are none. A damaged file is renamed to `….damaged`. */
  async list(options: Cancellable): Promise<readonly RememberedTarget[]> {
    const own = await readIfPresent(this.#path, options);
    if (own === null) return targetsIn((await readIfPresent(this.#former, options)) ?? Buffer.alloc(0)) ?? [];
    const targets = targetsIn(own);
    if (targets) return targets;
    await rename(this.#path, `${this.#path}.damaged`);
    return [];
  }

  /** The target of this name. Throws `config.target-unknown` with the names that there are. */
  async named(name: string, options: Cancellable): Promise<RememberedTarget> {
    const all = await this.list(options);
    const found = all.find((one) => one.label === name) ?? all.find((one) => one.id === name);
    if (found) return found;
    const names = all.map(({ label }) => label).join(', ') || '-';
    throw new AppError('config.target-unknown', { origin: 'config', params: { name, names } });
  }

  /** Changes the list and gives the new one. */
  async change(
    edit: (targets: readonly RememberedTarget[]) => readonly RememberedTarget[],
    options: Cancellable,
  ): Promise<readonly RememberedTarget[]> {
    return oneAtATime(this.#path, async () => {
      const before = await this.list(options);
      const after = savedTargetsSchema.parse(edit(before));
      const isWritten = (await readIfPresent(this.#path, options)) !== null;
      if (isWritten ? JSON.stringify(after) === JSON.stringify(before) : after.length === 0) return after;
      await mkdir(this.#stateDir, { recursive: true });
      const text = `${JSON.stringify({ schema: 'archbridge.targets/1', targets: after }, null, 2)}\n`;
      await replaceFile(this.#path, `${this.#path}.${process.pid}.new`, Buffer.from(text));
      return after;
    });
  }
}

/** The list with a target added, or in the place of the one with its name. Of several defaults the new one stays. */
export function withTarget(
  targets: readonly RememberedTarget[],
  target: RememberedTarget,
): readonly RememberedTarget[] {
  const others = targets
    .filter(({ label }) => label !== target.label)
    .map(({ isDefault, ...one }) => (isDefault && !target.isDefault ? { ...one, isDefault } : one));
  // Two clusters may share a registry; each has a key of its own.
  const isTaken = others.some(({ id }) => id === target.id);
  return [...others, isTaken ? { ...target, id: `${target.id} (${target.label})` } : target];
}

/** The entry for a target, without its passwords. Its key tells where images and charts go. */
export function savedTarget(
  label: string,
  spec: TargetSpec,
  more: Pick<RememberedTarget, 'platforms' | 'isDefault'>,
): RememberedTarget {
  const { credentials, chartCredentials, ...bare } = spec;
  const charts = (spec.charts ?? []).map(({ folder = '', url }) => `${folder}=${url}`);
  return {
    id: [spec.store ?? spec.registry ?? '', ...charts].join(' '),
    label,
    spec: bare.charts ? { ...bare, charts: bare.charts.map(named) } : bare,
    username: credentials?.username ?? '',
    ...(chartCredentials ? { chartsUsername: chartCredentials.username } : {}),
    skippedCharts: [],
    lastUsed: '',
    ...more,
  };
}

/** A chart repository with the name of its account, without the password. */
function named({ credentials, ...charts }: ChartRepositorySpec): ChartRepositorySpec {
  return credentials ? { ...charts, username: credentials.username } : charts;
}

function targetsIn(bytes: Buffer): readonly RememberedTarget[] | null {
  try {
    return fileSchema.safeParse(JSON.parse(bytes.toString('utf8'))).data?.targets ?? null;
  } catch {
    return null;
  }
}
