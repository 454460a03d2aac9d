// The naming rules: the table of the original tool, and the laws that hold for every name.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatReference,
  isRepository,
  parseReference,
  type Reference,
} from '../../../core/content/reference.js';
import type { NamingRules } from '../../../core/chart/relocation/naming.js';
import { relocateImage, relocateName, type NameShape } from '../../../core/chart/relocation/relocation.js';

function reference(text: string): Reference {
  const parsed = parseReference(text);
  if (!parsed) throw new Error(text);
  return parsed;
}

function name(text: string, rules: NamingRules, shape: Partial<NameShape> = {}): string {
  const source = reference(text);
  const { target } = relocateImage(source, rules, {
    kind: 'split',
    writtenPath: source.repository,
    ownPath: shape.writtenPath ?? source.repository,
    fixed: 0,
    ...shape,
  });
  return formatReference(target);
}

describe('the table of rules, two values', () => {
  const R = 'reg.local';
  it.each<[string, NamingRules, string]>([
    ['CR', { containerRegistry: R }, 'reg.local/org/app:v1'],
    ['repo', { containerRepository: 'proj/x' }, 'ghcr.io/proj/x/app:v1'],
    ['CR, repo', { containerRegistry: R, containerRepository: 'proj/x' }, 'reg.local/proj/x/app:v1'],
    ['PR', { containerPrefixRegistry: R }, 'reg.local/ghcr.io/org/app:v1'],
    ['PR, A', { containerPrefixRegistry: R, appendOriginRegistry: true }, 'reg.local/ghcr.io/org/app:v1'],
    ['PRepo', { containerPrefixRepository: 'p' }, 'ghcr.io/p/org/app:v1'],
    ['CR, PRepo', { containerRegistry: R, containerPrefixRepository: 'p' }, 'reg.local/p/org/app:v1'],
    [
      'PR, PRepo',
      { containerPrefixRegistry: R, containerPrefixRepository: 'p' },
      'reg.local/ghcr.io/p/org/app:v1',
    ],
    [
      'PR, PRepo, A',
      { containerPrefixRegistry: R, containerPrefixRepository: 'p', appendOriginRegistry: true },
      'reg.local/ghcr.io/org/app:v1',
    ],
    ['PR, repo', { containerPrefixRegistry: R, containerRepository: 'proj/x' }, 'reg.local/proj/x/app:v1'],
    [
      'PR, repo, A',
      { containerPrefixRegistry: R, containerRepository: 'proj/x', appendOriginRegistry: true },
      'reg.local/ghcr.io/proj/x/app:v1',
    ],
    [
      'CR, PR',
      { containerRegistry: 'other.local', containerPrefixRegistry: R },
      'reg.local/ghcr.io/org/app:v1',
    ],
    ['repo, PRepo', { containerRepository: 'x', containerPrefixRepository: 'p' }, 'ghcr.io/x/app:v1'],
    ['A alone', { appendOriginRegistry: true }, 'ghcr.io/org/app:v1'],
    ['PR with a path', { containerPrefixRegistry: 'reg.local/m/' }, 'reg.local/m/ghcr.io/org/app:v1'],
    ['none', {}, 'ghcr.io/org/app:v1'],
    ['none, with projects', { needsProject: true }, 'ghcr.io/org/app:v1'],
    ['mirror', { mirror: true, containerRegistry: R, containerRepository: 'x' }, 'reg.local/org/app:v1'],
  ])('%s', (_, rules, expected) => {
    expect(name('ghcr.io/org/app:v1', rules)).toBe(expected);
  });
});

describe('one segment on Docker Hub', () => {
  const written = { writtenPath: 'nginx' };
  const joined = { kind: 'joined', writtenPath: 'nginx' } as const;
  it.each<[string, NamingRules, Partial<NameShape>, string]>([
    ['CR', { containerRegistry: 'r.io' }, written, 'r.io/nginx:v1'],
    ['CR, one value', { containerRegistry: 'r.io' }, joined, 'r.io/library/nginx:v1'],
    ['CR, project', { containerRegistry: 'r.io', needsProject: true }, written, 'r.io/library/nginx:v1'],
    ['PR', { containerPrefixRegistry: 'r.io' }, written, 'r.io/index.docker.io/library/nginx:v1'],
    [
      'PR, A',
      { containerPrefixRegistry: 'r.io', appendOriginRegistry: true },
      written,
      'r.io/index.docker.io/nginx:v1',
    ],
    [
      'PR, A, one value',
      { containerPrefixRegistry: 'r.io', appendOriginRegistry: true },
      joined,
      'r.io/index.docker.io/library/nginx:v1',
    ],
    ['PRepo', { containerPrefixRepository: 'p' }, written, 'index.docker.io/p/library/nginx:v1'],
    ['repo', { containerRepository: 'proj/x' }, written, 'index.docker.io/proj/x/nginx:v1'],
    ['mirror', { mirror: true, containerRegistry: 'r.io' }, written, 'r.io/library/nginx:v1'],
  ])('%s', (_, rules, shape, expected) => {
    expect(name('docker.io/nginx:v1', rules, shape)).toBe(expected);
  });
});

it('turns a registry with a port into a legal path', () => {
  expect(name('localhost:5001/a/b:1', { containerPrefixRegistry: 'r.io' })).toBe('r.io/localhost-5001/a/b:1');
});

it('names an image without a chart by its canonical path', () => {
  expect(formatReference(relocateName(reference('nginx:1'), { containerRegistry: 'r.io' }))).toBe(
    'r.io/library/nginx:1',
  );
});

const segment = fc.stringMatching(/^[a-z0-9]{1,6}$/);
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const source = fc
  .tuple(
    fc.constantFrom('docker.io', 'ghcr.io', 'localhost:5001', 'reg.local', 'REG.example:80'),
    path,
    segment,
  )
  .map(([host, repository, tag]) => reference(`${host}/${repository}:${tag}`));
const rules: fc.Arbitrary<NamingRules> = fc.record(
  {
    containerRegistry: fc.constantFrom('reg.local', 'reg.local:5000'),
    containerPrefixRegistry: fc.constantFrom('reg.local', 'reg.local:5000/proxy'),
    containerRepository: path,
    containerPrefixRepository: path,
    appendOriginRegistry: fc.boolean(),
    mirror: fc.constant(false),
    needsProject: fc.boolean(),
  },
  { requiredKeys: [] },
);

it('always gives a legal name and never changes a tag', () => {
  fc.assert(
    fc.property(source, rules, (from, naming) => {
      const target = relocateName(from, naming);
      expect(isRepository(target.repository)).toBe(true);
      expect(target.tag).toBe(from.tag);
      expect(parseReference(formatReference(target))).not.toBeNull();
      if (naming.needsProject && (naming.containerRegistry ?? naming.containerPrefixRegistry)) {
        if (from.registry !== target.registry) expect(target.repository).toContain('/');
      }
    }),
  );
});

it('keeps a name that was relocated before', () => {
  fc.assert(
    fc.property(source, rules, (from, naming) => {
      // A prefix repository without a registry is added each time: the name does not show that it was added before
      fc.pre(naming.containerRegistry !== undefined || naming.containerPrefixRegistry !== undefined);
      const target = relocateName(from, naming);
      expect(relocateName(target, naming)).toEqual(target);
    }),
  );
});
