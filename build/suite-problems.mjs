// A reporter of vitest: writes down why whole suites could not run, which the JSON report does not tell, into the file that
// ARCHBRIDGE_SUITE_PROBLEMS names. build/test.mjs reads it. https://vitest.dev/api/advanced/reporters
import { writeFileSync } from 'node:fs';

class SuiteProblems {
  /** `file` is null for errors outside of any file. */
  #problems = [];

  onTestSuiteResult(suite) {
    this.#note(suite.module.moduleId, suite.errors());
  }

  onTestModuleEnd(module) {
    this.#note(module.moduleId, module.errors());
  }

  onTestRunEnd(_modules, unhandledErrors) {
    this.#note(null, unhandledErrors);
    writeFileSync(process.env.ARCHBRIDGE_SUITE_PROBLEMS, JSON.stringify(this.#problems));
  }

  #note(file, errors) {
    this.#problems.push(...errors.map(({ message }) => ({ file, message })));
  }
}

// vitest takes the default export of a reporter's file
export { SuiteProblems as default };
