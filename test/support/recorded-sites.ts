// What the vendor's tool left in registry and chart repository after each step, from its recorded outcomes; nothing is run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SEED } from './seed.js';
import { PROJECT_ROOT } from './source-tree.js';

/** Tag to platform to digest: of the manifest, or of the index where there is one. Platforms are without `linux/`. */
export type Tags = ReadonlyMap<string, Readonly<Record<string, string>>>;

const registrySchema = z.record(
  z.string(),
  z.record(z.string(), z.looseObject({ digest: z.string(), platforms: z.array(z.string()) })),
);
const childrenSchema = z.record(z.string(), z.record(z.string(), z.looseObject({ digest: z.string() })));
const chartsSchema = z.record(z.string(), z.unknown());
const valuesSchema = z.record(z.string(), z.record(z.string(), z.string()));

/** Folders of a sequence of all four packages, in order. */
export function recordedSteps(sequence: string): readonly string[] {
  return SEED.map((name, index) => `${sequence}/${index + 1}-${name}`);
}

/** `file`: a `registry.json`, below the goldens. One path that the tool writes twice is corrected. */
export function recordedTags(file: string): Tags {
  const tags = new Map<string, Readonly<Record<string, string>>>();
  for (const [repository, versions] of Object.entries(registrySchema.parse(golden(file)))) {
    for (const [tag, { digest, platforms }] of Object.entries(versions)) {
      const held = platforms.map((platform) => [shortPlatform(platform), digest] as const);
      tags.set(single(`${repository}:${tag}`), Object.fromEntries(held));
    }
  }
  return tags;
}

export function recordedChartCount(step: string): number {
  return Object.keys(chartsSchema.parse(golden(`${step}/charts.json`))).length;
}

/** After each step: how many references by digest the published charts hold, and how many of those were never pushed. */
export function recordedDigests(
  sequence: string,
): readonly { readonly all: number; readonly missing: number }[] {
  // Later steps record only what changed.
  const values = new Map<string, Readonly<Record<string, string>>>();
  return recordedSteps(sequence).map((step) => {
    const changed = valuesSchema.parse(golden(`${step}/values.json`));
    for (const [chart, texts] of Object.entries(changed)) values.set(chart, texts);
    const registry = registrySchema.parse(golden(`${step}/registry.json`));
    const references = Object.keys(chartsSchema.parse(golden(`${step}/charts.json`)))
      .flatMap((chart) => Object.values(values.get(chart) ?? {}))
      .flatMap((text) => [...text.matchAll(/localhost:5100\/(\S+)@(sha256:[0-9a-f]{64})/g)]);
    const missing = references.filter(
      ([, repository = '', digest]) =>
        !Object.values(registry[repository] ?? {}).some((held) => held.digest === digest),
    );
    return { all: references.length, missing: missing.length };
  });
}

/** Tag to digest to the version (`v0.9.0`) whose package holds this image, for tags that hold others in each version. */
export function rebuiltTags(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const versions = [...new Set(SEED.map((name) => name.replace(/-.*/, '')))];
  const held = new Map<string, Map<string, string>>();
  const unchanged = new Set<string>();
  for (const version of versions) {
    const children = childrenSchema.parse(golden(`children-${version}.json`));
    for (const [tag, images] of Object.entries(children)) {
      const known = held.get(single(tag)) ?? new Map<string, string>();
      held.set(single(tag), known);
      for (const { digest } of Object.values(images)) {
        if ((known.get(digest) ?? version) !== version) unchanged.add(single(tag));
        known.set(digest, version);
      }
    }
  }
  const isRebuilt = ([tag, digests]: readonly [string, ReadonlyMap<string, string>]): boolean =>
    !unchanged.has(tag) && new Set(digests.values()).size === versions.length;
  return new Map([...held].filter(isRebuilt).sort());
}

/** `linux/arm` without a variant means v7. */
export function shortPlatform(platform: string): string {
  return platform.replace('linux/', '').replace(/^arm$/, 'arm/v7');
}

function single(tag: string): string {
  return tag.replace('lens/lightworks/lens', 'lens');
}

function golden(file: string): unknown {
  return JSON.parse(readFileSync(join(PROJECT_ROOT, 'test/fixtures/golden', file), 'utf8'));
}
