// The words of what is left to do: why an image lacks a platform or was not written, and what to do next.
import { useText } from '../i18n/i18n.js';
import { useProblemWords } from '../i18n/problem-words.js';
import type { ToDo } from '../stores/report-rows.js';
import { reasonWords } from './reason-words.js';

export function useToDoWords(): (entry: ToDo) => { readonly message: string; readonly hint: string } {
  const text = useText();
  const words = useProblemWords();
  return ({ problem, reason, lacks }) => {
    if (problem !== null) return words(problem);
    if (lacks !== '')
      return { message: text('report.gap.noPackage', { platform: lacks }), hint: text('report.gap.hint') };
    const why = reasonWords(reason);
    return { message: why === null ? '' : text(why), hint: text('report.conflictHint') };
  };
}
