// The storage of the ChartMuseum double: files, an index that is updated with a delay, and a full disk.
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import semver from 'semver';
import { parse } from 'yaml';
import { z } from 'zod';

export interface MuseumEntry {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly [field: string]: unknown;
}

/** A refusal: the status and the text in `{"error": …}`. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface StorageSettings {
  readonly indexLagMs?: number;
  /** Limit in bytes for all files; a larger upload leaves a truncated file and is answered with 500. */
  readonly capacity?: number;
  readonly chartUrl?: string;
}

export class MuseumStorage {
  readonly settings: StorageSettings;
  readonly files = new Map<string, Buffer>();
  #index: MuseumEntry[] = [];

  constructor(settings: StorageSettings) {
    this.settings = settings;
  }

  get entries(): readonly MuseumEntry[] {
    return this.#index;
  }

  /** Stores a chart file; `entry` is added to the index later. */
  saveChart(file: string, bytes: Buffer, entry: MuseumEntry): void {
    this.save(file, bytes);
    this.#later(() => this.#put(entry));
  }

  save(file: string, bytes: Buffer): void {
    this.files.delete(file);
    const used = [...this.files.values()].reduce((sum, present) => sum + present.length, 0);
    const room = (this.settings.capacity ?? Infinity) - used;
    if (bytes.length > room) {
      this.files.set(file, bytes.subarray(0, Math.max(0, room)));
      throw new Refused(500, `write <dir>/${file}: no space left on device`);
    }
    this.files.set(file, bytes);
  }

  remove(name: string, version: string): void {
    const file = `${name}-${version}.tgz`;
    if (!this.files.delete(file)) throw new Refused(404, `remove <dir>/${file}: no such file or directory`);
    this.files.delete(`${file}.prov`);
    this.#later(() => {
      this.#index = this.#index.filter((entry) => entry.name !== name || entry.version !== version);
    });
  }

  /** Looks up a version as ChartMuseum does: by the text itself, otherwise as a semver constraint. */
  find(name: string, version: string): MuseumEntry {
    const all = this.#index.filter((entry) => entry.name === name);
    if (all.length === 0) throw new Refused(404, 'no chart name found');
    const exact = all.find((entry) => entry.version === version);
    if (exact) return exact;
    if (version.includes('_')) throw new Refused(404, `improper constraint: ${version}`);
    const found = all.find((entry) => satisfies(coerced(entry.version), version));
    if (!found) throw new Refused(404, `no chart version found for ${name}-${version}`);
    return found;
  }

  #later(change: () => void): void {
    const lag = this.settings.indexLagMs ?? 0;
    if (lag === 0) change();
    else setTimeout(change, lag).unref();
  }

  #put(entry: MuseumEntry): void {
    this.#index = [
      ...this.#index.filter((present) => present.name !== entry.name || present.version !== entry.version),
      entry,
    ].sort((a, b) => compareText(a.name, b.name) || semver.compare(coerced(b.version), coerced(a.version)));
  }
}

/** Reads an uploaded archive as ChartMuseum does, and refuses it with its messages. */
export function readUpload(
  bytes: Buffer,
  chartUrl: string | undefined,
): { file: string; entry: MuseumEntry } {
  if (bytes.length === 0) throw new Refused(400, 'EOF');
  const text = chartYamlOf(bytes);
  if (text === null) throw new Refused(400, 'Chart.yaml file is missing');
  const fields = fieldsSchema.parse(parse(text));
  const name = textOf(fields['name']);
  const version = textOf(fields['version']);
  if (name === '') throw new Refused(400, 'validation: chart.metadata.name is required');
  if (version === '') throw new Refused(400, 'validation: chart.metadata.version is required');
  if (name === '.') throw new Refused(400, `validation: chart.metadata.name "." is not allowed`);
  if (name.includes('/')) throw new Refused(400, `validation: chart.metadata.name "${name}" is invalid`);
  if (!VERSION.test(version))
    throw new Refused(400, `validation: chart.metadata.version "${version}" is invalid`);
  const file = `${name}-${version}.tgz`;
  if (file.length > 255) throw new Refused(500, `open <dir>/${file}: file name too long`);
  const path = `charts/${file}`;
  const digest = createHash('sha256').update(bytes).digest('hex');
  const urls = [chartUrl === undefined ? path : `${chartUrl}/${path}`];
  return {
    file,
    entry: { apiVersion: 'v1', ...fields, name, version, urls, created: new Date().toISOString(), digest },
  };
}

const fieldsSchema = z.record(z.string(), z.unknown());

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

const VERSION = /^v?\d+(\.\d+){0,2}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;

function chartYamlOf(bytes: Buffer): string | null {
  let tar: Buffer;
  try {
    tar = gunzipSync(bytes);
  } catch {
    throw new Refused(400, 'unexpected EOF');
  }
  if (tar.length % 512 !== 0) throw new Refused(400, 'unexpected EOF');
  for (let at = 0; at + 512 <= tar.length;) {
    const path = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = parseInt(tar.toString('latin1', at + 124, at + 136), 8) || 0;
    if (/^[^/]+\/Chart\.yaml$/.test(path)) return tar.toString('utf8', at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return null;
}

function coerced(version: string): string {
  const [, core = '', rest = ''] = /^v?([\d.]*)(.*)$/.exec(version) ?? [];
  const numbers = [...core.split('.'), '0', '0'].slice(0, 3).map((part) => String(Number(part)));
  return numbers.join('.') + rest;
}

function satisfies(version: string, constraint: string): boolean {
  if (constraint === 'latest') return semver.prerelease(version) === null;
  const except = /^!=(.*)$/.exec(constraint)?.[1];
  if (except !== undefined)
    return semver.prerelease(version) === null && semver.compare(version, except) !== 0;
  return semver.satisfies(
    version,
    /^v?\d+(\.\d+){2}/.test(constraint) ? `=${coerced(constraint)}` : constraint,
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
