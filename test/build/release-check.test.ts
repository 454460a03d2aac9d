// `npm run package -- --release` finds each thing that docs/releasing.md asks for and that was forgotten.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { releaseProblems } from '../../build/package/release-check.mjs';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const VERSION = '1.0.0-rc.1';

interface Project {
  readonly locked?: string;
  readonly chart?: string;
  readonly changelog?: string;
}

function project({
  locked = VERSION,
  chart = VERSION,
  changelog = `## [${VERSION}] - 2026-01-31\n`,
}: Project = {}): string {
  const root = scratch();
  mkdirSync(join(root, 'deploy/chart'), { recursive: true });
  writeFileSync(join(root, 'deploy/chart/Chart.yaml'), `apiVersion: v2\nversion: ${chart}\n`);
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'sample', version: VERSION }));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ name: 'sample', version: locked }));
  writeFileSync(join(root, 'CHANGELOG.md'), `# Changelog\n\n## [Unreleased]\n\n${changelog}`);
  return root;
}

function git(root: string, ...args: readonly string[]): void {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid'];
  const { status, stderr } = spawnSync('git', ['-C', root, ...who, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

it('version, lockfile and changelog must fit together', () => {
  const NO_CHECKOUT = 'This is no git checkout, so nobody can tell what was released.';
  expect(releaseProblems(project())).toEqual([NO_CHECKOUT]);
  expect(releaseProblems(project({ locked: '0.1.0' }))).toEqual([
    `package-lock.json has version 0.1.0, package.json ${VERSION}: run npm install.`,
    NO_CHECKOUT,
  ]);
  expect(releaseProblems(project({ chart: '0.1.0' }))[0]).toBe(
    `deploy/chart/Chart.yaml has version 0.1.0, package.json ${VERSION}.`,
  );
  expect(releaseProblems(project({ changelog: '## [1.0.0] - 2026-01-31\n' }))[0]).toBe(
    `CHANGELOG.md has no section for ${VERSION}.`,
  );
  expect(releaseProblems(project({ changelog: `## [${VERSION}]\n` }))[0]).toBe(
    `The section for ${VERSION} in CHANGELOG.md has no date.`,
  );
});

const hasGit = spawnSync('git', ['--version']).status === 0;
if (!hasGit) console.warn('LEFT OUT: the checkout of a release (git is missing)');

describe.runIf(hasGit)('the checkout', () => {
  it('must be committed and have the tag', () => {
    const root = project();
    git(root, 'init', '-q');
    git(root, 'add', '.');
    git(root, 'commit', '-qm', 'Release');
    expect(releaseProblems(root)).toEqual([`The commit has no tag v${VERSION}.`]);
    git(root, 'tag', `v${VERSION}`);
    expect(releaseProblems(root)).toEqual([]);
    writeFileSync(join(root, 'left-over'), '');
    expect(releaseProblems(root)).toEqual(['There are changes that are not committed.']);
  });
});
