// Several packages that bring the same tag and platform.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { resolveCandidates, type Candidate } from '../../core/plan/candidates.js';
import { platformOf } from './sample-images.js';

interface Wish {
  readonly content: string;
  readonly packaging?: string;
  readonly version?: string | null;
  readonly platform?: string;
  readonly target?: string;
  readonly source?: string;
}

function candidate({ content, packaging = '', version = 'v0.9.0', ...rest }: Wish): Candidate {
  return {
    target: rest.target ?? 'reg.local/app:1',
    platform: platformOf(rest.platform ?? 'linux/amd64'),
    digest: digestOf(`manifest ${content} ${packaging}`),
    config: digestOf(`config ${content}`),
    version,
    sources: [rest.source ?? 'docker.io/app:1'],
  };
}

const old = candidate({ content: 'old' });
const late = candidate({ content: 'late', version: 'v0.11.0', source: 'app:1' });

describe('resolveCandidates', () => {
  it('lets the later version win', () => {
    for (const order of [
      [old, late],
      [late, old],
    ]) {
      expect(resolveCandidates(order)).toEqual([
        { kind: 'take', winner: late, sources: ['app:1', 'docker.io/app:1'], superseded: [old] },
      ]);
    }
  });

  it('writes neither of two images of one version', () => {
    const rival = candidate({ content: 'rival' });
    expect(resolveCandidates([old, rival])).toEqual([
      { kind: 'conflict', candidates: [old, rival], sources: ['docker.io/app:1'] },
    ]);
    expect(resolveCandidates([old, late, { ...rival, version: 'v0.11.0' }])[0]?.kind).toBe('conflict');
  });

  it('takes neither of two images of different sources, whatever their versions are', () => {
    const mirror = candidate({ content: 'rival', version: 'v0.12.0', source: 'mirror.example/app:1' });
    const sources = ['docker.io/app:1', 'mirror.example/app:1'];
    expect(resolveCandidates([old, mirror])).toEqual([
      { kind: 'conflict', candidates: [old, mirror], sources },
    ]);
    // the same content under both is no conflict, also where one source had another image before
    const moved = candidate({ content: 'rival', version: 'v0.11.0' });
    const [taken] = resolveCandidates([old, moved, mirror]);
    expect(taken).toMatchObject({
      kind: 'take',
      winner: { digest: moved.digest },
      sources,
      superseded: [old],
    });
    expect(resolveCandidates([moved, mirror, { ...old, version: 'v0.13.0' }])[0]?.kind).toBe('conflict');
  });

  it('is a conflict where a version is unknown', () => {
    expect(resolveCandidates([late, { ...old, version: null }])[0]?.kind).toBe('conflict');
  });

  it('gives one resolution for the same image in two manifest formats', () => {
    const again = candidate({ content: 'old', packaging: 'oci', source: 'index.docker.io/library/app:1' });
    const [row, ...more] = resolveCandidates([old, again]);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ kind: 'take', superseded: [] });
    expect(row?.sources).toEqual(['docker.io/app:1', 'index.docker.io/library/app:1']);
  });

  it('resolves each tag and platform by itself; a missing variant is the default one', () => {
    const arm = candidate({ content: 'arm', platform: 'linux/arm64' });
    const armAgain = candidate({ content: 'arm', platform: 'linux/arm64/v8' });
    const other = candidate({ content: 'other', target: 'reg.local/app:2' });
    expect(resolveCandidates([old, arm, other, armAgain]).map((one) => one.kind)).toEqual([
      'take',
      'take',
      'take',
    ]);
  });

  it('answers the same in any order', () => {
    const wish = fc.record({
      content: fc.constantFrom('a', 'b'),
      packaging: fc.constantFrom('docker', 'oci'),
      version: fc.constantFrom(null, 'v0.9.0', 'v0.11.0'),
    });
    const some = fc.array(wish.map(candidate), { minLength: 1, maxLength: 5 });
    const shuffled = some.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, again]) => {
        const [a] = resolveCandidates(list);
        const [b] = resolveCandidates(again);
        expect(b?.kind).toBe(a?.kind);
        if (a?.kind === 'take' && b?.kind === 'take') expect(b.winner.digest).toBe(a.winner.digest);
      }),
    );
  });
});
