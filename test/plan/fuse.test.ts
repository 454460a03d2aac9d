// The decision table, line by line, and the policies.
import { describe, expect, it } from 'vitest';
import { formatPlatform } from '../../core/content/platform.js';
import { fuse, type FuseOptions, type IncomingImage, type TagState } from '../../core/plan/fuse.js';
import { applied, foreignIndex, image, NEWER, own, stateOfTag } from './sample-images.js';

const amd64 = image({ platform: 'linux/amd64' });
const amd64Oci = image({ platform: 'linux/amd64', format: 'oci' });
const amd64Other = image({ platform: 'linux/amd64', content: 'rebuilt' });
const arm64 = image({ platform: 'linux/arm64' });
const arm64Oci = image({ platform: 'linux/arm64', format: 'oci' });
const armv7 = image({ platform: 'linux/arm/v7' });
const known = [amd64, amd64Oci, amd64Other, arm64, arm64Oci, armv7];

const blocked: TagState = { kind: 'blocked', reason: 'unreadable', detail: 'the registry answered 500' };
const bad: TagState = { kind: 'blocked', reason: 'not-an-image', detail: 'media type text/plain' };
const absent: TagState = { kind: 'absent' };
const list = own(amd64, arm64);
const armList = own(arm64, armv7);
const foreign = foreignIndex([amd64, arm64]);

interface Line {
  readonly what: string;
  readonly state: TagState;
  readonly image: IncomingImage;
  readonly action: string;
  readonly reason: string;
  readonly after: readonly string[] | null;
  readonly writes: boolean;
}

const broken = new Set([amd64.descriptor.digest, amd64Oci.descriptor.digest]);
const TABLE: readonly Line[] = [
  line('absent', absent, amd64, 'push', 'absent', ['linux/amd64'], true),
  line(
    'single, same digest',
    stateOfTag(amd64.manifest, known),
    amd64,
    'skip',
    'same-digest',
    ['linux/amd64'],
    false,
  ),
  line(
    'single, same config',
    stateOfTag(amd64Oci.manifest, known),
    amd64,
    'skip',
    'same-config',
    ['linux/amd64'],
    false,
  ),
  line(
    'index, same digest',
    stateOfTag(list, known),
    amd64,
    'skip',
    'same-digest',
    ['linux/amd64', 'linux/arm64'],
    false,
  ),
  line(
    'index, same config',
    stateOfTag(list, known),
    arm64Oci,
    'skip',
    'same-config',
    ['linux/amd64', 'linux/arm64'],
    false,
  ),
  line(
    'single, incomplete',
    stateOfTag(amd64.manifest, known, broken),
    amd64,
    'repair',
    'incomplete',
    ['linux/amd64'],
    false,
  ),
  line(
    'index, incomplete',
    stateOfTag(list, known, broken),
    amd64,
    'repair',
    'incomplete',
    ['linux/amd64', 'linux/arm64'],
    false,
  ),
  line(
    'single, other packaging, incomplete',
    stateOfTag(amd64Oci.manifest, known, broken),
    amd64,
    'repair',
    'incomplete',
    ['linux/amd64'],
    true,
  ),
  line(
    'index, other packaging, incomplete',
    stateOfTag(list, known, broken),
    amd64Oci,
    'repair',
    'incomplete',
    ['linux/amd64', 'linux/arm64'],
    true,
  ),
  line(
    'single of another platform',
    stateOfTag(arm64.manifest, known),
    amd64,
    'promote',
    'other-platform',
    ['linux/amd64', 'linux/arm64'],
    true,
  ),
  line(
    'index without the platform',
    stateOfTag(armList, known),
    amd64,
    'add',
    'other-platform',
    ['linux/amd64', 'linux/arm/v7', 'linux/arm64'],
    true,
  ),
  line(
    'foreign index without the platform',
    stateOfTag(foreign, known),
    armv7,
    'add',
    'other-platform',
    ['linux/amd64', 'linux/arm64', 'linux/arm/v7'],
    true,
  ),
  line(
    'index, other config',
    stateOfTag(list, known),
    amd64Other,
    'replace',
    'time-unknown',
    ['linux/amd64', 'linux/arm64'],
    true,
  ),
  line(
    'foreign index, other config',
    stateOfTag(foreign, known),
    amd64Other,
    'replace',
    'time-unknown',
    ['linux/amd64', 'linux/arm64'],
    true,
  ),
  line(
    'single, other config',
    stateOfTag(amd64.manifest, known),
    amd64Other,
    'replace',
    'time-unknown',
    ['linux/amd64'],
    true,
  ),
  line('unreadable', blocked, amd64, 'blocked', 'unreadable', null, false),
  line('not an image', bad, amd64, 'blocked', 'not-an-image', null, false),
];

function line(
  what: string,
  state: TagState,
  one: IncomingImage,
  action: string,
  reason: string,
  after: readonly string[] | null,
  writes: boolean,
): Line {
  return { what, state, image: one, action, reason, after, writes };
}

describe('the table', () => {
  it.each(TABLE)('$what: $action', ({ state, image: one, action, reason, after, writes }) => {
    const decision = fuse(state, [one], NEWER);
    expect(decision.rows).toEqual([{ platform: one.platform, action, reason }]);
    expect(decision.after?.platforms.map(formatPlatform) ?? null).toEqual(after);
    expect(decision.write !== null).toBe(writes);
    if (decision.write) expect(decision.after?.digest).toBe(decision.write.digest);
  });

  it('pushes a single manifest as it is', () => {
    expect(fuse(absent, [amd64], NEWER).write).toEqual(amd64.manifest);
  });

  it('replaces one child and nothing else', () => {
    const decision = fuse(stateOfTag(list, known), [amd64Other], NEWER);
    expect(decision.write?.bytes).toEqual(own(amd64Other, arm64).bytes);
  });
});

describe('policies', () => {
  const old = image({
    platform: 'linux/amd64',
    content: 'old',
    created: '2023-07-02T08:00:00Z',
    version: '0.9.0',
  });
  const fresh = image({
    platform: 'linux/amd64',
    content: 'fresh',
    created: '2023-09-20T08:00:00Z',
    version: '0.11.0',
  });
  const undated = image({ platform: 'linux/amd64', content: 'undated', version: '0.10.0' });
  const bare = image({ platform: 'linux/amd64', content: 'bare' });
  const all = [old, fresh, undated, bare];

  it.each([
    ['newer', old, fresh, 'replace', 'newer'],
    ['newer', fresh, old, 'conflict', 'older'],
    ['newer', old, undated, 'replace', 'newer-version'],
    ['newer', fresh, undated, 'conflict', 'older-version'],
    ['newer', bare, fresh, 'replace', 'time-unknown'],
    ['newer', fresh, bare, 'replace', 'time-unknown'],
    ['replace', fresh, old, 'replace', 'policy-replace'],
    ['keep', old, fresh, 'keep', 'policy-keep'],
    ['stop', old, fresh, 'conflict', 'policy-stop'],
  ] as const)('%s: %#', (policy, held, incoming, action, reason) => {
    const options: FuseOptions = { policy, namesAreIndexes: false };
    const decision = fuse(stateOfTag(held.manifest, all), [incoming], options);
    expect(decision.rows).toEqual([{ platform: incoming.platform, action, reason }]);
    expect(decision.write).toEqual(action === 'replace' ? incoming.manifest : null);
    expect(decision.after?.digest).toBe((action === 'replace' ? incoming : held).descriptor.digest);
  });

  it('never lets an older image replace a newer one silently, in an index either', () => {
    const index = own(fresh, arm64);
    const decision = fuse(stateOfTag(index, [...all, arm64]), [old], NEWER);
    expect(decision.rows[0]).toMatchObject({ action: 'conflict', reason: 'older' });
    expect(decision.write).toBeNull();
  });

  it('takes package versions when the times are equal', () => {
    const twin = image({
      platform: 'linux/amd64',
      content: 'twin',
      created: old.created,
      version: '0.11.0+1',
    });
    const decision = fuse(stateOfTag(old.manifest, all), [twin], NEWER);
    expect(decision.rows[0]).toMatchObject({ action: 'replace', reason: 'newer-version' });
  });

  it('adds other platforms where one is left alone', () => {
    const decision = fuse(stateOfTag(fresh.manifest, all), [old, arm64], NEWER);
    expect(decision.rows.map((row) => row.action)).toEqual(['conflict', 'promote']);
    expect(decision.write?.bytes).toEqual(own(fresh, arm64).bytes);
  });
});

describe('images without a platform', () => {
  const nowhere = image({ platform: '' });
  const allow: FuseOptions = { ...NEWER, allowUnknownPlatform: true };

  it('are blocked', () => {
    const decision = fuse(absent, [nowhere, amd64], NEWER);
    expect(decision.rows.map((row) => `${row.action} ${row.reason}`)).toEqual([
      'blocked no-platform',
      'push absent',
    ]);
    expect(decision.write).toEqual(amd64.manifest);
  });

  it('are not made unreachable by an index of another platform', () => {
    const decision = fuse(stateOfTag(nowhere.manifest, [nowhere]), [amd64], NEWER);
    expect(decision.rows[0]).toMatchObject({ action: 'blocked', reason: 'no-platform' });
    expect(decision.write).toBeNull();
  });

  it('count as one more platform where they are allowed', () => {
    const first = fuse(absent, [nowhere, amd64], allow);
    expect(first.rows.map((row) => row.action)).toEqual(['push', 'promote']);
    const again = fuse(stateOfTag(first.write, [nowhere, amd64]), [amd64, nowhere], allow);
    expect(again.rows.map((row) => row.action)).toEqual(['skip', 'skip']);
    expect(applied(first.write, again)).toBe(first.write);
  });
});
