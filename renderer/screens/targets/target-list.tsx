// The targets that are remembered, the folder on this computer, and a button that reads a target from a file of the site.
import { Button, Checkbox } from '@mantine/core';
import type { RememberedTarget } from '../../../core/contract.js';
import { useText, type TextKey } from '../../i18n/i18n.js';
import card from '../../parts/card.module.css';
import { classes } from '../../parts/classes.js';
import {
  IconAlertTriangle,
  IconCheck,
  IconClock,
  IconDatabase,
  IconFile,
  IconFolder,
  IconKey,
  IconPlus,
} from '../../parts/icons.js';
import type { StatusWord } from '../../parts/status-words.js';
import { Status, Toned } from '../../parts/status.js';
import { checkSummary, type CheckSummary } from '../../stores/target/check-rows.js';
import { plainHosts } from '../../stores/target/target-spec.js';
import { useTarget } from '../../stores/target/target.js';
import css from './targets.module.css';

interface TargetListProps {
  readonly targets: readonly RememberedTarget[];
  /** The folder on this computer; it is always in the list. */
  readonly folder: RememberedTarget | null;
  /** Id of the target that is shown; null while a new one is being written. */
  readonly shown: string | null;
  readonly onChoose: (target: RememberedTarget) => void;
  readonly onNew: () => void;
  readonly onFile: () => void;
}

export function TargetList({ targets, folder, shown, onChoose, onNew, onFile }: TargetListProps) {
  const text = useText();
  return (
    <section className={classes(card.card, css.listCard)} aria-label={text('target.saved')}>
      <div className={card.head}>
        <h2>{text('target.saved')}</h2>
        <span className={card.actions}>
          <Button
            size="compact-xs"
            leftSection={<IconPlus size={14} />}
            aria-keyshortcuts="Control+N"
            onClick={onNew}
          >
            {text('target.new')}
          </Button>
        </span>
      </div>
      <ul className={css.list}>
        {targets.map((target) => (
          <li key={target.id} className={css.entry}>
            <TargetItem target={target} current={target.id === shown} onChoose={() => onChoose(target)} />
            <AlsoTick target={target} name={target.label} shown={shown} />
          </li>
        ))}
        {folder !== null && (
          <li className={css.entry}>
            <TargetItem
              target={folder}
              builtIn
              current={folder.id === shown}
              onChoose={() => onChoose(folder)}
            />
            <AlsoTick target={folder} name={text('target.folder')} shown={shown} />
          </li>
        )}
      </ul>
      <div className={css.files}>
        <span className="small muted">{text('target.fromFile')}</span>
        <span className={css.fileKinds}>
          {/* File names are not translated; the kind is recognized by the content. */}
          {['clusterConfig.yaml', 'charts-syncer.yaml', 'config.json'].map((name) => (
            <Button key={name} size="compact-xs" leftSection={<IconFile size={14} />} onClick={onFile}>
              {name}
            </Button>
          ))}
        </span>
      </div>
    </section>
  );
}

interface AlsoTickProps {
  readonly target: RememberedTarget;
  readonly name: string;
  readonly shown: string | null;
}

/** Takes a further target into the import; the one that is shown is in it anyway. */
function AlsoTick({ target, name, shown }: AlsoTickProps) {
  const text = useText();
  const current = useTarget((state) => state.current);
  const also = useTarget((state) => state.also);
  if (current === null || shown === null || current.id === target.id) return null;
  return (
    <span className={css.also} title={text('target.alsoNote')}>
      <Checkbox
        aria-label={text('target.also', { name })}
        label={text('target.alsoShort')}
        checked={also.includes(target.id)}
        onChange={() => useTarget.getState().toggle(target.id)}
      />
    </span>
  );
}

const SUMMARIES: Readonly<Record<CheckSummary, StatusWord>> = {
  ready: { icon: IconCheck, text: 'target.status.ready', tone: 'ok' },
  failed: { icon: IconAlertTriangle, text: 'target.status.failed', tone: 'conflict' },
  credentials: { icon: IconKey, text: 'target.status.credentials', tone: 'error' },
  checking: { icon: IconClock, text: 'target.status.checking', tone: 'muted' },
  'not-checked': { icon: IconClock, text: 'target.status.notChecked', tone: 'muted' },
};

interface TargetItemProps {
  readonly target: RememberedTarget;
  readonly builtIn?: boolean;
  readonly current: boolean;
  readonly onChoose: () => void;
}

function TargetItem({ target, builtIn = false, current, onChoose }: TargetItemProps) {
  const text = useText();
  const check = useTarget(({ checks }) => checks[target.id] ?? null);
  const isFolder = target.spec.registry === undefined;
  const Mark = isFolder ? IconFolder : IconDatabase;
  const plain = plainHosts(target.spec).length > 0;
  return (
    <button type="button" className={css.item} aria-current={current || undefined} onClick={onChoose}>
      <Mark size={16} stroke={1.75} />
      <span className={css.itemText}>
        <span className={classes(css.itemName, 'cut', !builtIn && 'mono')} title={target.label}>
          {builtIn ? text('target.folder') : target.label}
        </span>
        <span className={classes('small', 'muted', !builtIn && 'cut')}>
          {builtIn ? text('target.folderText') : (target.spec.store ?? text(describe(target)))}
        </span>
        <span className={classes('small', css.itemStates)}>
          <Status of={SUMMARIES[checkSummary(check)]} />
          {plain && (
            <Toned icon={IconAlertTriangle} tone="conflict">
              {text('target.notEncrypted')}
            </Toned>
          )}
        </span>
      </span>
    </button>
  );
}

/** What goes to the target, in a few words. */
function describe({ spec }: RememberedTarget): TextKey {
  if (spec.noCharts === true) return 'target.kind.imagesOnly';
  return spec.charts === undefined ? 'target.kind.oci' : 'target.kind.repository';
}
