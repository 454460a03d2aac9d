// Divides a new image name among the values of a hint, so that the hint renders exactly the name that is pushed.
import { DOCKER_HUB, parseReference, type Reference } from '../../content/reference.js';
import type { NamingRules } from './naming.js';
import { relocateImage, type Relocation } from './relocation.js';
import type { Rendered, Template } from './template.js';

/** A hint together with the texts of its values. */
export interface NamedImage {
  readonly template: Template;
  readonly rendered: Rendered;
  /** Canonical; a tag or a digest, never both. */
  readonly source: Reference;
  /** Tag and digest that the last value of the name holds itself, `:v1`, `@sha256:…`; '' when it holds none. */
  readonly suffix: string;
}

/**
 * The canonical reference of what values or a package write. As in ggcr 0.19: an empty registry (`/x:1`) means Docker Hub, an empty
 * tag `latest`, and of a tag beside a digest only the digest counts. Null when it is no legal reference.
 */
export function sourceReference(written: string): Reference | null {
  const parsed = parseReference(written.replace(/^\//, '').replace(/:$/, ''));
  if (!parsed) return null;
  const { registry, repository, tag, digest } = parsed;
  return { registry, repository, ...(digest ? { digest } : { tag: tag ?? 'latest' }) };
}

/** Tag and digest at the end of a value that holds them, when the hint itself has neither. */
export function suffixOf(template: Template, rendered: Rendered): string {
  const value = rendered.name.at(-1) ?? '';
  if (template.tag || template.digest || template.fragments.at(-1)?.after) return '';
  return /(?::[^/@]*)?(?:@.*)?$/.exec(value)?.[0] ?? '';
}

/**
 * The new name of a hint's image. `registries` are the {@link replaceableRegistries} of the chart: a registry value that another hint
 * needs with its path keeps the path, because the chart would render a name that was not pushed otherwise.
 */
export function relocateNamed(
  image: NamedImage,
  registries: ReadonlySet<string>,
  rules: NamingRules,
): Relocation {
  const { text, fixed, joined } = layout(image);
  // A name with a literal tail is written as two values would be: `library/` cannot be put in front of the tail for one image only
  const kind = joined && fixed === '' ? 'joined' : 'split';
  return relocateImage(image.source, rules, {
    kind,
    writtenPath: pathOf(text),
    ownPath: registries.has(keyOf(image)) ? ownPathOf(image) : pathOf(text),
    fixed: fixed.replace(/^\//, '').length,
  });
}

/**
 * New texts for the values of the name, in their order, suffix included; null when no texts would render the name. `decided` are
 * texts that other hints gave to some of these values: kept if possible. `keepRepository` leaves the repository's value unchanged
 * where the name allows it, also under rules that would change it.
 */
export function placeName(
  image: NamedImage,
  relocation: Relocation,
  decided: readonly (string | undefined)[],
  keepRepository: boolean,
): readonly string[] | null {
  const { source, template, rendered, suffix } = image;
  const { target, root, path } = relocation;
  const stays = target.registry === source.registry && target.repository === source.repository;
  const { values, joined, tail, text } = layout(image);
  // With mirror naming containerd asks another host for the same name: the values stay
  if (stays || (root === source.registry && path === source.repository)) return rendered.name;
  const written = root === source.registry && !joined ? hostOf(text) : root;
  const name = without(`${written}/${path}`, template.head, '');
  if (name === null) return null;
  const [first = '', second = ''] = values;
  if (joined) {
    const value = without(name, '', tail);
    const whole = rendered.name.length === 1 ? suffix : '';
    return value ? [value + whole, ...rendered.name.slice(1)] : null;
  }
  const middle = template.fragments[0]?.after ?? '';
  const given = [decided[0], decided[1]?.slice(0, decided[1].length - suffix.length)];
  const asked: (Pair | null)[] = [
    given[0] === undefined ? null : pair(given[0], without(name, given[0] + middle, tail)),
    given[1] === undefined ? null : pair(without(name, '', middle + given[1] + tail), given[1]),
    keepRepository || relocation.keepsPath || middle !== '/'
      ? pair(without(name, '', middle + second + tail), second)
      : null,
    pair(written, without(name, written + middle, tail)),
    pair(without(name, '', middle + second + tail), second),
  ];
  const able = asked.filter((candidate) => candidate !== null);
  const agreed = able.find((candidate) =>
    candidate.every((value, i) => given[i] === undefined || given[i] === value),
  );
  const [registry, repository] = agreed ?? able[0] ?? [first, null];
  return repository ? [registry, repository + suffix] : null;
}

type Pair = readonly [registry: string, repository: string];

function pair(registry: string | null, repository: string | null): Pair | null {
  return registry === null || !repository ? null : [registry, repository];
}

interface Layout {
  /** Values of the name without the suffix. */
  readonly values: readonly string[];
  /** True when the first value holds registry and repository. */
  readonly joined: boolean;
  /** The literal text after the last value that can change. */
  readonly tail: string;
  /** The end of the name that no change of values can change. */
  readonly fixed: string;
  /** The whole name as written. */
  readonly text: string;
}

function layout({ template, rendered, suffix }: NamedImage): Layout {
  const { fragments, head } = template;
  const last = rendered.name.length - 1;
  const values = rendered.name.map((value, i) =>
    i === last ? value.slice(0, value.length - suffix.length) : value,
  );
  const from = (start: number): string =>
    fragments
      .map(({ after }, i) => (i < start ? '' : (i === start ? '' : (values[i] ?? '')) + after))
      .join('');
  const text = `${head}${values[0] ?? ''}${from(0)}`;
  if (values.length !== 2) return { values, joined: true, tail: from(0), fixed: from(0), text };
  const tail = from(1);
  return { values, joined: false, tail, fixed: fragments[0]?.after === '/' ? tail : from(0), text };
}

function without(text: string, prefix: string, suffix: string): string | null {
  const fits =
    text.startsWith(prefix) && text.endsWith(suffix) && text.length >= prefix.length + suffix.length;
  return fits ? text.slice(prefix.length, text.length - suffix.length) : null;
}

/** The host as written; '' when there is none and Docker Hub is meant. */
function hostOf(text: string): string {
  const first = text.split('/', 1)[0] ?? '';
  return /[.:]/.test(first) || first === DOCKER_HUB ? first : '';
}

/** The keys of values that are a registry (host and perhaps path) of its own in every hint that names them. */
export function replaceableRegistries(all: readonly NamedImage[]): ReadonlySet<string> {
  const found = new Set<string>();
  const others = new Set<string>();
  for (const image of all) {
    const { template, rendered } = image;
    const [first, ...rest] = template.fragments;
    const isRegistry =
      first?.after === '/' &&
      rest.length === 1 &&
      template.head === '' &&
      hostOf(rendered.name[0] ?? '') !== '';
    (isRegistry ? found : others).add(keyOf(image));
    for (const { path } of rest) if (JSON.stringify(path) !== keyOf(image)) others.add(JSON.stringify(path));
  }
  return new Set([...found].filter((key) => !others.has(key)));
}

/** The key of the first value of a name. */
function keyOf({ template }: NamedImage): string {
  return JSON.stringify(template.fragments[0]?.path);
}

/** The path of the name without the registry's value. */
function ownPathOf(image: NamedImage): string {
  const { values, tail } = layout(image);
  return `${values[1] ?? ''}${tail}`;
}

function pathOf(text: string): string {
  const host = hostOf(text);
  return text.slice(host.length).replace(/^\//, '');
}
