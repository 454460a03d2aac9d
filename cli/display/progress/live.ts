// The display on a terminal: a few lines at the bottom that are redrawn, and above them lines that stay.
import type { Language, RunEvent } from '../../../core/contract.js';
import type { Say } from '../../command.js';
import type { TextSink } from '../../io.js';
import { awayLine, retriedLine, stageText, waitingLine } from './event-lines.js';
import { Pace } from './pace.js';
import { problemLine } from '../text/problem-text.js';
import type { ProgressDisplay } from './progress.js';
import { bar, formatBytes, formatEstimate } from '../text/units.js';
import { printable } from '../../../core/messages/printable.js';
import { fit, widthOf } from '../text/width.js';

const BAR_CELLS = 20;
const REDRAW_MS = 1_000;

type Progress = RunEvent & { type: 'progress' };
type PassStart = RunEvent & { type: 'pass-started' };

/** The display never hides the cursor or changes the terminal's modes, so `close` is all the clean-up it needs. */
export function liveDisplay(
  stderr: TextSink,
  say: Say,
  language: Language,
  clock: () => number = () => performance.now(),
): ProgressDisplay {
  const pace = new Pace();
  let stage = '';
  /** Progress of a survey or a proof. */
  let surveyed = '';
  let packages: readonly { readonly path: string; readonly name: string; readonly bytes: number }[] = [];
  let pass: PassStart | null = null;
  let progress: Progress | null = null;
  let images = 0;
  let charts = 0;
  let problems = 0;
  let drawn: readonly string[] = [];
  let open = true;

  /** Counts rows of the terminal, not lines: in a window that became narrower, one line takes several rows. */
  const erase = (): string => {
    const columns = stderr.columns ?? 80;
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    // The terminal prints ^C, so the cursor may not be at the start of its line.
    return rows === 0 ? '' : `\r\u001b[${rows}A\u001b[0J`;
  };

  const draw = (above = ''): void => {
    if (!open) return;
    const columns = Math.max(20, (stderr.columns ?? 80) - 1);
    const lines = block(columns).map((line) => fit(line, columns));
    stderr.write(erase() + above + lines.map((line) => `${line}\n`).join(''));
    drawn = lines;
  };

  const block = (columns: number): string[] => {
    const now = surveyed === '' ? stage : `${stage}  ${surveyed}`;
    if (pass === null) return now === '' ? [] : [now];
    const counts = say('cli.live.counts', {
      sent: formatBytes(progress?.bytesSent ?? 0),
      skipped: formatBytes(progress?.bytesSkipped ?? 0),
      images,
      charts,
      problems,
    });
    const current = printable(progress?.current ?? '');
    return [passLine(pass, columns), counts, current === '' || surveyed !== '' ? now : `${now}  ${current}`];
  };

  const passLine = (started: PassStart, columns: number): string => {
    const total = progress?.bytesTotal ?? started.bytes;
    const read = progress?.bytesRead ?? 0;
    const now = clock();
    const rest = total - read + bytesAfter(started.package);
    const left = rest === 0 ? null : pace.secondsFor(rest, now);
    const share = total > 0 ? Math.floor((100 * read) / total) : 0;
    const figures = [
      `${share} %`,
      `${formatBytes(read)} / ${formatBytes(total)}`,
      `${formatBytes(pace.rate(now))}/s`,
      ...(left === null ? [] : [say('cli.live.left', { time: formatEstimate(left) })]),
    ].join('  ');
    return columns < 60 ? figures : `${bar(read, total, BAR_CELLS)}  ${figures}`;
  };

  /** Bytes of the packages that are still to be read after this one in the same pass. */
  const bytesAfter = (name: string): number => {
    const index = packages.findIndex((found) => found.path === name || found.name === name);
    return index < 0 ? 0 : packages.slice(index + 1).reduce((sum, { bytes }) => sum + bytes, 0);
  };

  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();

  return {
    event(event) {
      switch (event.type) {
        case 'run-started':
          packages = event.packages;
          return;
        case 'pass-started':
          pass = event;
          progress = null;
          pace.restart(clock());
          draw(
            `${say('cli.event.pass-started', { pass: event.pass, package: event.package, size: formatBytes(event.bytes) })}\n`,
          );
          return;
        case 'progress':
          progress = event;
          pace.add(clock(), event.bytesRead);
          draw();
          return;
        case 'stage':
          stage = stageText(event.stage, say);
          surveyed = '';
          draw();
          return;
        case 'surveyed':
          surveyed = `${event.done}/${event.total}`;
          draw();
          return;
        case 'image':
          images += 1;
          return;
        case 'chart':
          charts += 1;
          return;
        case 'problem':
          problems += 1;
          draw(`${problemLine(event.problem, language)}\n`);
          return;
        case 'waiting':
          draw(`${waitingLine(event, say, language)}\n`);
          return;
        case 'away':
          draw(`${awayLine(event, say, language)}\n`);
          return;
        case 'back':
          draw(`${say('cli.event.back', { host: event.host })}\n`);
          return;
        case 'retried':
          draw(`${retriedLine(event, say, language)}\n`);
          return;
        case 'paused':
          draw(`${say('cli.event.paused')}\n`);
          return;
        case 'resumed':
          draw(`${say('cli.event.resumed')}\n`);
          return;
        case 'compared':
        case 'offered':
        case 'blobs':
        case 'run-ended':
          return;
      }
    },
    note(text) {
      draw(`${text}\n`);
    },
    close() {
      clearInterval(timer);
      if (open) stderr.write(erase());
      open = false;
      drawn = [];
    },
  };
}
