// Gives the words of a report in one language: actions, reasons and problems.
import type { ChartAction, ImageAction, Language, Problem } from '../../contract.js';
import { translateProblem } from '../../errors.js';
import { isTextKey, textFor, type MessageParams, type TextKey } from '../../messages/catalog.js';

export interface Words {
  readonly language: Language;
  readonly say: (key: TextKey, params?: MessageParams) => string;
  readonly action: (action: ImageAction | ChartAction) => string;
  /** A reason that this version has no words for is shown as it is. */
  readonly reason: (reason: string) => string;
  readonly problem: (problem: Problem) => { readonly message: string; readonly hint: string };
}

/** The words and number formats of a report in one language. */
export function wordsIn(language: Language): Words {
  const say: Words['say'] = (key, params = {}) => textFor(key, params, language);
  return {
    language,
    say,
    action: (action) => say(`cli.action.${action}`),
    reason: (reason) => {
      const key = `reason.${reason}`;
      return isTextKey(key) ? say(key) : reason;
    },
    problem: (problem) => {
      const { message, hint } = translateProblem(problem, language);
      // for a code that this version does not know, the text that the report holds is shown
      return message === problem.code ? { message: problem.message, hint: problem.hint } : { message, hint };
    },
  };
}
