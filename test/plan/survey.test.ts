// Reading the state of a tag: absences that are proven, and those that only an import can prove.
import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.js';
import { fuse } from '../../core/plan/fuse.js';
import { surveyTag } from '../../core/plan/survey.js';
import { MemoryTarget } from '../support/memory-target.js';
import { image, NEWER } from './sample-images.js';

const options = {
  hasBlob: () => Promise.resolve(true),
  versionOf: () => null,
  signal: new AbortController().signal,
};

describe('a tag', () => {
  it('that seems to be absent is pushed, and the plan says that the import proves it', async () => {
    const target = new MemoryTarget();
    target.getManifest = () =>
      Promise.reject(new AppError('registry.absence-unproven', { origin: 'registry', params: {} }));
    const state = await surveyTag(target, 'a', '1', [], options);
    expect(state).toEqual({ kind: 'absent', isUnproven: true });
    const { rows, write } = fuse(state, [image({ platform: 'linux/amd64' })], NEWER);
    expect(rows).toMatchObject([{ action: 'push', reason: 'absent-unproven' }]);
    expect(write).not.toBeNull();
  });

  it('that cannot be read is blocked', async () => {
    const target = new MemoryTarget();
    target.getManifest = () =>
      Promise.reject(new AppError('registry.unreadable-manifest', { origin: 'registry', params: {} }));
    expect(await surveyTag(target, 'a', '1', [], options)).toMatchObject({
      kind: 'blocked',
      reason: 'unreadable',
    });
  });
});
