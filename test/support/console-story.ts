// The console blocks of a document: commands with the output below them, and a comparison of that output with what a program
// prints.

export interface ConsoleStep {
  /** Line of the command in the document, from 1. */
  readonly line: number;
  readonly command: string;
  /** The lines below the command up to the next command; `…` stands for lines or parts of a line that were cut. */
  readonly output: readonly string[];
}

const RUN_ID = /\d{8}T\d{9}-[0-9a-f]{6}/;
const CUT = '…';

/** Commands (`$ ...`) of all ```` ```console ```` blocks, in order. */
export function consoleSteps(markdown: string): readonly ConsoleStep[] {
  const steps: { line: number; command: string; output: string[] }[] = [];
  let inBlock = false;
  for (const [index, text] of markdown.split('\n').entries()) {
    if (text.startsWith('```')) {
      inBlock = !inBlock && text === '```console';
    } else if (inBlock && text.startsWith('$ ')) {
      steps.push({ line: index + 1, command: text.slice(2), output: [] });
    } else if (inBlock) {
      const step = steps.at(-1);
      if (!step) throw new Error(`line ${index + 1} is the output of no command`);
      step.output.push(text);
    }
  }
  return steps;
}

/**
 * The id of a run in the document and the id that was printed; the same id in the document must stand for the same run everywhere.
 */
export type RunIds = Map<string, string>;

/**
 * True when `printed` is what the document shows. Not compared are the width of columns, and what differs from one run to the next:
 * times, durations, space on disks, sizes of charts, mounted bytes.
 */
export function isAsShown(shown: readonly string[], printed: string, runs: RunIds): boolean {
  const wanted = linesOf(shown);
  const lines = linesOf(printed.split('\n'));
  let at = 0;
  let mayJump = false;
  for (const section of sections(wanted)) {
    if (section === CUT) {
      mayJump = true;
      continue;
    }
    const last = mayJump ? lines.length - section.length : at;
    while (at <= last && !matches(section, lines.slice(at, at + section.length), runs)) at += 1;
    if (at > last) return false;
    at += section.length;
    mayJump = false;
  }
  return mayJump || at === lines.length;
}

/** Groups of lines with no cut between them. */
function sections(lines: readonly string[]): readonly (readonly string[] | typeof CUT)[] {
  const found: (string[] | typeof CUT)[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (line === CUT) found.push(CUT);
    else if (last === undefined || last === CUT) found.push([line]);
    else last.push(line);
  }
  return found;
}

function matches(wanted: readonly string[], lines: readonly string[], runs: RunIds): boolean {
  if (wanted.length !== lines.length) return false;
  const learned: RunIds = new Map();
  const known = (id: string): string | undefined => learned.get(id) ?? runs.get(id);
  for (const [index, want] of wanted.entries()) {
    const found = patternOf(want).exec(lines[index] ?? '');
    if (!found) return false;
    for (const [nth, id] of [...want.matchAll(new RegExp(RUN_ID, 'g'))].map(([id]) => id).entries()) {
      const actual = found[nth + 1] ?? '';
      if ((known(id) ?? actual) !== actual) return false;
      learned.set(id, actual);
    }
  }
  for (const [id, actual] of learned) runs.set(id, actual);
  return true;
}

function patternOf(line: string): RegExp {
  const escaped = line.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const ids = escaped.replaceAll(new RegExp(RUN_ID, 'g'), `(${RUN_ID.source})`);
  return new RegExp(`^${ids.replaceAll(CUT, '.+')}$`);
}

/**
 * For both languages. Charts contain the registry's address with its port, so their sizes differ; how much is mounted depends on
 * the order of uploads.
 */
const DIFFERENT: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, 'TIME'],
  [/(?<![\w.])\d+(?:h \d+m|m \d+s|s)(?!\w)/g, 'DURATION'],
  [/SIZE needed, SIZE free|需要 SIZE，可用 SIZE/, 'ROOM'],
  [/SIZE of charts|Chart SIZE/, 'CHARTS'],
  [/^(publish|replace|发布|替换) (\d+) SIZE$/, '$1 $2 CHARTS'],
  [/mounted SIZE|挂载 SIZE/, 'MOUNTED'],
];
const SIZE = String.raw`[\d.]+ (?:B|kB|MB|GB|TB)`;

function linesOf(lines: readonly string[]): readonly string[] {
  const plain = lines.map((line) =>
    DIFFERENT.reduce(
      (text, [what, name]) =>
        text.replace(new RegExp(what.source.replaceAll('SIZE', SIZE), what.flags), name),
      line.replaceAll(/\s+/g, ' ').trim(),
    ),
  );
  const isText = (line: string): boolean => line !== '';
  return plain.slice(plain.findIndex(isText), plain.findLastIndex(isText) + 1);
}
