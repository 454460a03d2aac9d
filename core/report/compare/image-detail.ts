// One image across architectures: how the target has it and how each package has it, side by side, with what differs.
import type { ImageDetail, ImageVariant } from '../../contract.js';
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import { parseLayerCommands, parseRuntimeConfig, type RuntimeConfig } from '../../content/image-config.js';
import type { Platform } from '../../content/platform.js';
import { isMislabelled } from '../../plan/mislabelled.js';
import type { Offer } from '../../run/base/offer.js';
import type { Spool } from '../../run/base/spool.js';
import type { ComparedTag } from './compared-tags.js';
import { sizeOf, type RowContext } from './compare-cell.js';
import { versionsOf } from './compare-image.js';
import type { HeldImage, TagView } from './compare-tag.js';
import { columnOf, sortColumns } from './platform-columns.js';
import { latestVersion } from './stale.js';

/** A variant before its layers were compared with those of the others. */
type Facts = Omit<ImageVariant, 'layers'> & { readonly layers: readonly Descriptor[] };

// The platform of the programs differs between platforms by nature. What is compared is whether it fits the config (`mislabelled`).
type Field = Exclude<keyof ImageVariant, 'from' | 'version' | 'platform' | 'osVersion' | 'programs' | 'raw'>;

/** What is compared, in the order in which it is shown. */
const FIELDS: readonly Field[] = [
  'digest',
  'config',
  'mediaType',
  'created',
  'bytes',
  'layers',
  'entrypoint',
  'command',
  'env',
  'labels',
  'user',
  'workingDir',
  'ports',
  'mislabelled',
];

const NO_RUNTIME: RuntimeConfig = {
  entrypoint: [],
  command: [],
  env: [],
  labels: {},
  user: '',
  workingDir: '',
  ports: [],
};

/**
 * Variants in the order of platforms, that of the target before those of the packages. A layer is shared when another of these
 * images has it as well. `reference` is the tag in the target.
 */
export async function imageDetail(
  tag: ComparedTag,
  view: TagView,
  reference: string,
  spool: Spool,
  context: RowContext,
): Promise<ImageDetail> {
  const found = view.held.map((held) => heldFacts(held, tag, context));
  for (const offer of tag.offers) found.push(await offeredFacts(offer, spool, context));
  const order = sortColumns(found.map(({ platform }) => platform));
  const sorted = found.toSorted((a, b) => order.indexOf(a.platform) - order.indexOf(b.platform));
  const holders = new Map<Digest, Set<string>>();
  for (const { digest, layers } of sorted)
    for (const layer of layers)
      holders.set(layer.digest, (holders.get(layer.digest) ?? new Set()).add(digest));
  const variants = sorted.map((one): ImageVariant => {
    const commands = parseLayerCommands(Buffer.from(one.raw.config));
    // a history that has another number of layers does not tell which command made which
    const known = commands.length === one.layers.length ? commands : [];
    const layers = one.layers.map(({ digest, size }, at) => ({
      digest,
      bytes: size,
      shared: (holders.get(digest)?.size ?? 0) > 1,
      command: known[at] ?? '',
    }));
    return { ...one, layers };
  });
  return {
    source: tag.sources[0] ?? reference,
    target: context.target ? reference : '',
    variants,
    differences: FIELDS.filter((field) => new Set(variants.map((one) => likeness(one, field))).size > 1),
  };
}

/** Equal texts for values that mean the same: the order of variables, labels and ports does not count. */
function likeness(variant: ImageVariant, field: Field): string {
  switch (field) {
    case 'env':
      return JSON.stringify(variant.env.toSorted());
    case 'labels':
      return JSON.stringify(Object.entries(variant.labels).sort());
    case 'layers':
      return variant.layers.map(({ digest }) => digest).join();
    default:
      return JSON.stringify(variant[field]);
  }
}

function heldFacts(held: HeldImage, tag: ComparedTag, context: RowContext): Facts {
  const { digest, mediaType, manifest, manifestBytes, configBytes, created, platform } = held;
  const config = manifest?.config.digest ?? null;
  // if a package holds the same image, what is known of its programs applies to the one in the target
  const known = tag.offers.find(
    (offer) => offer.manifest.digest === digest || offer.config.digest === config,
  );
  return {
    from: 'target',
    version: latestVersion(versionsOf({ digest, config }, tag, context)),
    platform: columnOf(platform),
    ...versionOf(platform),
    digest,
    config: config ?? '',
    mediaType,
    created,
    bytes: manifest ? sizeOf([manifest.config, ...manifest.layers]) : 0,
    layers: manifest?.layers ?? [],
    ...runtimeOf(configBytes),
    ...programsOf(known),
    raw: { manifest: manifestBytes?.toString('utf8') ?? '', config: configBytes?.toString('utf8') ?? '' },
  };
}

async function offeredFacts(offer: Offer, spool: Spool, context: RowContext): Promise<Facts> {
  const { manifest, config, configAt, layers, created, platform, packageAt } = offer;
  const label = context.labels[packageAt];
  const configBytes = await spool.get(configAt);
  return {
    from: label?.fileName ?? '',
    version: label?.version ?? '',
    platform: columnOf(platform),
    ...versionOf(platform),
    digest: manifest.digest,
    config: config.digest,
    mediaType: manifest.mediaType,
    created,
    bytes: sizeOf([config, ...layers]),
    layers,
    ...runtimeOf(configBytes),
    ...programsOf(offer),
    raw: {
      manifest: (await spool.get(manifest.at)).toString('utf8'),
      config: configBytes.toString('utf8'),
    },
  };
}

function versionOf({ osVersion }: Platform): Pick<ImageVariant, 'osVersion'> {
  return osVersion === undefined ? {} : { osVersion };
}

function runtimeOf(configBytes: Buffer | null): RuntimeConfig {
  return (configBytes && parseRuntimeConfig(configBytes)) ?? NO_RUNTIME;
}

/** Programs are read from packages only, so those of an image that only the target has are unknown. */
function programsOf(offer: Offer | undefined): Pick<ImageVariant, 'programs' | 'mislabelled'> {
  if (!offer) return { programs: 'unknown', mislabelled: false };
  return { programs: offer.programs.found ?? 'unknown', mislabelled: isMislabelled(offer) };
}
