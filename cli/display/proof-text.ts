// A proof as text: what was read back and how thoroughly, then the findings; equal advice is printed once.
import type { Problem, Proof } from '../../core/contract.js';
import { translateProblem } from '../../core/engine.js';
import type { CommandContext } from '../command.js';
import { problemText } from './text/problem-text.js';
import { section } from './text/section.js';
import { formatBytes } from './text/units.js';
import { printable } from '../../core/messages/printable.js';

type Texts = Pick<CommandContext, 'say' | 'style' | 'language'>;

/** Returns the proof as text; it ends with a newline. */
export function proofText(proof: Proof, texts: Texts): string {
  const { say, style, language } = texts;
  const lines = [
    verdict(proof, texts),
    ...facts(proof, texts),
    ...section(style.bad(say('proof.section-tags')), findingLines(tagFindings(proof), texts)),
    ...section(style.bad(say('proof.section-charts')), findingLines(chartFindings(proof), texts)),
    ...section(style.bad(say('proof.section-packages')), findingLines(proof.problems, texts)),
    ...section(style.warn(say('proof.mislabelled')), mislabelledLines(proof)),
    ...section(
      style.warn(say('proof.notes')),
      proof.notes.map((note) => problemText(note, language, '  ')),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** Findings for stderr when stdout gets JSON. */
export function proofComplaints(proof: Proof, texts: Texts): readonly string[] {
  return [...tagFindings(proof), ...chartFindings(proof), ...proof.problems].map((problem) =>
    problemText(problem, texts.language),
  );
}

function verdict(proof: Proof, { say, style }: Texts): string {
  const count = tagFindings(proof).length + chartFindings(proof).length + proof.problems.length;
  if (count > 0) return style.bad(say('proof.findings', { count }));
  const isEmpty = proof.images.length + proof.charts.length === 0;
  return isEmpty ? style.warn(say('proof.nothing')) : style.good(say('proof.ok'));
}

function facts({ target, images, charts, checked, depth, readAs }: Proof, { say }: Texts): readonly string[] {
  const location = target.kind === 'folder' ? 'cli.report.to-folder' : 'cli.report.to-registry';
  const right = (items: readonly { readonly ok: boolean }[]): number => items.filter((one) => one.ok).length;
  const references = charts.reduce((sum, chart) => sum + chart.images.length, 0);
  const blobs = { blobs: checked.blobs, bytes: formatBytes(checked.bytes) };
  return [
    say(location, { location: target.location }),
    ...(target.kind === 'registry' ? [say('proof.read-as', { account: readAs })] : []),
    ...(images.length > 0
      ? [
          say('proof.tags', { right: right(images), total: images.length }),
          say(depth === 'content' ? 'proof.content' : 'proof.sizes', blobs),
        ]
      : []),
    ...(charts.length > 0
      ? [say('proof.charts', { right: right(charts), total: charts.length, references })]
      : []),
  ];
}

function tagFindings({ images }: Proof): readonly Problem[] {
  return images.flatMap((image) => image.problems);
}

function chartFindings({ charts }: Proof): readonly Problem[] {
  return charts.flatMap(({ problem, images }) => [
    ...(problem ? [problem] : []),
    ...images.flatMap((image) => image.problem ?? []),
  ]);
}

/** Messages with the same hint stand together, with the hint once below them. */
function findingLines(problems: readonly Problem[], { language }: Texts): readonly string[] {
  const byHint = new Map<string, Set<string>>();
  for (const problem of problems) {
    const { message, hint, code } = translateProblem(problem, language);
    // A code that this version does not know keeps the words that came with it.
    const [text, advice] = message === code ? [problem.message, problem.hint] : [message, hint];
    byHint.set(advice, (byHint.get(advice) ?? new Set()).add(`  ${printable(text)}`));
  }
  return [...byHint].flatMap(([hint, messages]) => [
    ...messages,
    ...(hint === '' ? [] : [`    ${printable(hint)}`]),
  ]);
}

function mislabelledLines({ images }: Proof): readonly string[] {
  return images.flatMap(({ target, mislabelled }) =>
    mislabelled.map((platform) => `  ${printable(`${target} ${platform}`)}`),
  );
}
