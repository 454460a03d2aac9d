// "Before you continue": notes about a package that the person should read.
import { useMemo, type ReactNode } from 'react';
import type { InventoryPackage, Problem } from '../../../core/contract.js';
import { listNames, useText, type Say } from '../../i18n/i18n.js';
import { useProblemWords, type ProblemWords } from '../../i18n/problem-words.js';
import { IconAlertTriangle, IconInfoCircle, IconTag } from '../../parts/icons.js';
import type { Icon, Tone } from '../../parts/status-words.js';
import tones from '../../parts/status.module.css';
import { packageFacts } from '../../stores/packages/package-name.js';
import { packageNotes, type PackageNote } from '../../stores/packages/package-notes.js';
import css from './packages.module.css';

/** Names that are shown before "and n more". */
const NAMES = 4;

interface PackageNotesProps {
  readonly inventory: InventoryPackage;
  /** A problem that another part of the screen shows; it is left out here. */
  readonly except: Problem | null;
}

export function PackageNotes({ inventory, except }: PackageNotesProps) {
  const text = useText();
  const words = useProblemWords();
  const notes = useMemo(
    () =>
      packageNotes(inventory, packageFacts(inventory.name, inventory)).filter(
        (note) => note.kind !== 'problem' || note.problem.code !== except?.code,
      ),
    [inventory, except],
  );
  if (notes.length === 0) return null;
  return (
    <div>
      <h3 className={css.section}>{text('packages.before')}</h3>
      {notes.map((note, index) => {
        const { icon: Mark, tone, title, body } = wordsOf(note, text, (problem) => words(problem));
        return (
          <div key={index} className={css.note}>
            <Mark size={16} stroke={2} className={tones[tone]} />
            <div className={css.noteText}>
              <p className="strong">{title}</p>
              <p className="small muted">{body}</p>
            </div>
          </div>
        );
      })}
    </div>
  );
}

interface NoteWords {
  readonly icon: Icon;
  readonly tone: Tone;
  readonly title: string;
  readonly body: ReactNode;
}

type WordsOf = (problem: Extract<PackageNote, { kind: 'problem' }>['problem']) => ProblemWords;

function wordsOf(note: PackageNote, text: Say, words: WordsOf): NoteWords {
  switch (note.kind) {
    case 'mislabelled': {
      const { says, holds, names } = note;
      const places = { count: names.length, says, holds };
      return {
        icon: IconTag,
        tone: 'mislabelled',
        title: text('packages.note.mislabelled', places),
        body: text('packages.note.mislabelledText', { names: listed(names, text), says }),
      };
    }
    case 'lacking':
      return {
        icon: IconAlertTriangle,
        tone: 'conflict',
        title: text('packages.note.lacking', { count: note.names.length }),
        body: listed(note.names, text),
      };
    case 'old-importer':
      return {
        icon: IconInfoCircle,
        tone: 'muted',
        title: text('packages.note.oldImporter'),
        body: text('packages.note.oldImporterText'),
      };
    case 'problem': {
      const { message, hint } = words(note.problem);
      const more = note.count > 1 ? ` ${text('problem.more', { count: note.count - 1 })}.` : '';
      return { icon: IconAlertTriangle, tone: 'conflict', title: `${message}${more}`, body: hint };
    }
  }
}

function listed(names: readonly string[], text: Say): string {
  const shown = listNames(names.slice(0, NAMES));
  const more = names.length - NAMES;
  return more > 0 ? text('packages.note.andMore', { names: shown, count: more }) : shown;
}
