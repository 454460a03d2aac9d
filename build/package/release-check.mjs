// What must be so before a version is released; docs/releasing.md says how to get there.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} root folder of package.json @returns {string[]} what is not so, one sentence each */
export function releaseProblems(root) {
  const read = (name) => readFileSync(join(root, name), 'utf8');
  const { version } = JSON.parse(read('package.json'));
  const locked = JSON.parse(read('package-lock.json')).version;
  const problems = [];
  if (locked !== version)
    problems.push(`package-lock.json has version ${locked}, package.json ${version}: run npm install.`);
  const chart = /^version: (.*)$/m.exec(read('deploy/chart/Chart.yaml'))?.[1];
  if (chart !== version)
    problems.push(`deploy/chart/Chart.yaml has version ${chart}, package.json ${version}.`);
  const heading = new RegExp(`^## \\[?${version.replaceAll('.', '\\.')}\\]?(?:\\s|$)(.*)$`, 'm').exec(
    read('CHANGELOG.md'),
  );
  if (heading === null) problems.push(`CHANGELOG.md has no section for ${version}.`);
  else if (!/\d{4}-\d{2}-\d{2}/.test(heading[0]))
    problems.push(`The section for ${version} in CHANGELOG.md has no date.`);
  const changed = git(root, ['status', '--porcelain']);
  if (changed === null) problems.push('This is no git checkout, so nobody can tell what was released.');
  else if (changed !== '') problems.push('There are changes that are not committed.');
  const tag = git(root, ['tag', '--points-at', 'HEAD']);
  if (tag !== null && !tag.split('\n').includes(`v${version}`))
    problems.push(`The commit has no tag v${version}.`);
  return problems;
}

function git(root, args) {
  try {
    return execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}
