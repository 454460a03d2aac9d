// `npm test`: sets up what is missing, then types, lint, format, tests and the app's end-to-end suite. The last line is `N passed, N failed`.
//   npm test -- FILTER...   only tests whose path holds FILTER, without the static checks
//   npm test -- --long      the long tests (test/long, and those of the app) alone
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireNode } from './node-version.mjs';

requireNode();
const { firstRun, SetupError } = await import('./first-run.mjs');
const { memoryFolder } = await import('./memory-folder.mjs');
const { missingPartners } = await import('./partners.mjs');
const { passSignalsToSteps, runStep } = await import('./step.mjs');
const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const bin = (...path) => join(root, 'node_modules', ...path);

/** Name, folder of the tsconfig.json, name of the compiler's incremental file. */
const TYPE_CHECKS = [
  ['types', '.', 'types'],
  ['types of the window', 'test/renderer', 'window-types'],
  ['types of the end-to-end suite', 'test/app-e2e', 'app-e2e-types'],
];
/** The one that takes longest first. */
const STATIC_CHECKS = [
  ['lint', bin('eslint', 'bin', 'eslint.js'), ['.', '--max-warnings', '0']],
  ...TYPE_CHECKS.filter(([, folder]) => existsSync(join(root, folder, 'tsconfig.json'))).map(
    ([name, folder, notes]) => [
      name,
      bin('typescript', 'bin', 'tsc'),
      ['--noEmit', '-p', folder, '--incremental', '--tsBuildInfoFile', `.cache/${notes}.tsbuildinfo`],
    ],
  ),
  ['format', bin('prettier', 'bin', 'prettier.cjs'), ['--check', '--log-level', 'warn', '.']],
];

const args = process.argv.slice(2).filter((arg) => arg !== '--long');
const long = process.argv.includes('--long');
const count = { passed: 0, failed: 0, skipped: 0 };
passSignalsToSteps();
// the long tests measure disks and need more space than memory has
const temporary = long ? null : memoryFolder();
if (temporary !== null) process.env.TMPDIR = temporary;

try {
  const all = args.length === 0 && !long;
  await firstRun(root, { window: all || (long && args.length === 0) });
  checkPartners();
  if (all) await runStaticChecks();
  await runTests();
  if (all) await runAppSuites();
  if (long && args.length === 0) await runLongAppSuite();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.log(error.message);
  count.failed += 1;
}
if (count.skipped > 0) console.log(`${count.skipped} skipped`);
if (count.passed + count.failed === 0) console.log('No test ran.');
process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0;
console.log(`${count.passed} passed, ${count.failed} failed`);

function checkPartners() {
  for (const { name, tests } of missingPartners()) {
    const required = process.env.CI === 'true';
    console.log(
      `MISSING: ${name} is not on this machine; ${required ? 'CI needs it for' : 'left out:'} ${tests}.`,
    );
    if (required) count.failed += 1;
  }
}

/** As many at a time as there are cores: all at once, the longest one got the smallest share of them. */
async function runStaticChecks() {
  const checks = STATIC_CHECKS.values();
  const carryOut = async () => {
    for (const [name, program, options] of checks) {
      const { code, output, seconds } = await runStep(process.execPath, [program, ...options], { cwd: root });
      count[code === 0 ? 'passed' : 'failed'] += 1;
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
      if (code !== 0) console.log(output.trimEnd());
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, carryOut));
}

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'archbridge-test-'));
  const report = join(folder, 'report.json');
  const problems = join(folder, 'suite-problems.json');
  try {
    const { code } = await runStep(
      process.execPath,
      [
        bin('vitest', 'vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        `--reporter=${join(root, 'build', 'suite-problems.mjs')}`,
        ...args,
      ],
      {
        cwd: root,
        env: {
          ...process.env,
          ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
          ...(long ? { ARCHBRIDGE_LONG_TESTS: '1' } : {}),
          ARCHBRIDGE_SUITE_PROBLEMS: problems,
        },
        onOutput: (text) => process.stdout.write(text.replace(/^JSON report written to .*\n/m, '')),
      },
    );
    countTests(report, problems, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the app's suites; that of the desktop only where Electron is installed. */
async function runAppSuites() {
  const { obstacle, runAppSuite } = await import('./app-suite.mjs');
  for (const host of ['web', 'desktop']) {
    const why = obstacle(root, host);
    if (why !== null) console.log(why);
    else for (const [kind, more] of Object.entries(await runAppSuite(root, host))) count[kind] += more;
  }
}

/** The part of the app's suite that takes minutes. */
async function runLongAppSuite() {
  const { obstacle, runAppSuite } = await import('./app-suite.mjs');
  const why = obstacle(root, 'web');
  if (why !== null) console.log(why);
  else for (const [kind, more] of Object.entries(await runAppSuite(root, 'long'))) count[kind] += more;
}

/**
 * Adds the tests that vitest ran. A file that could not be loaded, or a failure outside of any test, counts as one failure, unless all that
 * was wrong is a program that this machine does not have: its tests are then left out, as `checkPartners` has said.
 */
function countTests(report, problemsFile, code) {
  const before = count.failed;
  let result;
  let problems;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
    problems = JSON.parse(readFileSync(problemsFile, 'utf8'));
  } catch {
    console.log(`vitest ended with ${code} and left no report.`);
    count.failed += 1;
    return;
  }
  count.passed += result.numPassedTests;
  count.failed += result.numFailedTests;
  count.skipped += result.numPendingTests + result.numTodoTests;
  let leftOut = 0;
  for (const file of result.testResults) {
    const failedInside = file.assertionResults.some(({ status }) => status === 'failed');
    if (file.status !== 'failed' || failedInside) continue;
    if (isLeftOut(problems.filter((problem) => problem.file === file.name))) leftOut += 1;
    else count.failed += 1;
  }
  if (leftOut > 0) console.log(`LEFT OUT: suites of ${leftOut} files, for want of the programs named above.`);
  const isExplained = leftOut > 0 && problems.every(({ file }) => file !== null);
  if (code !== 0 && count.failed === before && !isExplained) count.failed += 1;
}

/**
 * @param {{ message: string }[]} problems of one file
 * @returns {boolean} true when one of them is a program that is missing here; what clears up after the tests then finds nothing to clear up
 */
function isLeftOut(problems) {
  if (process.env.CI === 'true') return false;
  return problems.some(({ message }) => / is not installed: run \.ci\/run once/.test(message));
}
