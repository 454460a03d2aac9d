// Whether the target is ready, and the button to the comparison.
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { RememberedTarget } from '../../../core/contract.js';
import { Consequence } from '../../frame/screen.js';
import { useText, type TextKey } from '../../i18n/i18n.js';
import {
  IconAlertTriangle,
  IconCheck,
  IconChevronRight,
  IconClock,
  IconFolder,
  IconInfoCircle,
} from '../../parts/icons.js';
import tones from '../../parts/status.module.css';
import { useApp } from '../../stores/app.js';
import { checkSummary, type CheckSummary } from '../../stores/target/check-rows.js';
import { chosenPackages } from '../../stores/packages/package-list.js';
import { usePackages } from '../../stores/packages/packages.js';
import { isGoingOn, useRun } from '../../stores/run/run.js';
import { useTargetsOfImport } from '../../stores/target/targets-of-import.js';
import { useTarget } from '../../stores/target/target.js';
import { ImportNow } from '../packages/import-now.js';

interface TargetsFooterProps {
  readonly editing: boolean;
  readonly folder: RememberedTarget | null;
  readonly onFolder: (folder: RememberedTarget) => void;
}

const TITLES: Readonly<Record<CheckSummary, TextKey>> = {
  ready: 'target.footer.ready',
  failed: 'target.footer.failed',
  credentials: 'target.footer.credentials',
  checking: 'target.footer.checking',
  'not-checked': 'target.footer.notChecked',
};

export function TargetsFooter({ editing, folder, onFolder }: TargetsFooterProps) {
  const text = useText();
  const current = useTarget((state) => state.current);
  const check = useTarget(({ checks }) => (current === null ? null : (checks[current.id] ?? null)));
  const summary = checkSummary(check);
  const images = usePackages(({ chosen, known }) =>
    imagesIn(chosen.map((path) => known[path]?.inventory ?? null)),
  );
  const show = useApp((state) => state.show);
  const { chosen, known } = usePackages();
  const packages = useMemo(() => chosenPackages({ chosen, known }), [chosen, known]);
  const targets = useTargetsOfImport(current);
  const running = useRun(isGoingOn);
  const [asking, setAsking] = useState(false);
  const other = folder !== null && current?.id !== folder.id && (
    <Button leftSection={<IconFolder size={14} />} onClick={() => onFolder(folder)}>
      {text(current === null && !editing ? 'target.useFolder' : 'target.useFolderInstead')}
    </Button>
  );
  if (editing || current === null)
    return (
      <Consequence
        title={editing ? text('target.footer.editing') : text('target.footer.none')}
        text={text('target.footer.nothingSent')}
      >
        {other}
      </Consequence>
    );
  const name = current.id === folder?.id ? text('target.folder') : current.label;
  const several = targets.length > 1;
  const failed = summary === 'failed' || summary === 'credentials';
  return (
    <>
      <Consequence
        mark={several ? <IconInfoCircle size={18} /> : <Mark summary={summary} />}
        title={
          several ? text('target.footer.several', { count: targets.length }) : text(TITLES[summary], { name })
        }
        text={text(several ? 'target.footer.severalText' : 'target.footer.readsOnly')}
      >
        {several ? (
          <Button disabled={packages.length === 0 || running} onClick={() => setAsking(true)}>
            {text('target.importSeveral', { count: targets.length })}
          </Button>
        ) : (
          other
        )}
        <Button
          variant={failed && !several ? 'default' : 'filled'}
          rightSection={<IconChevronRight size={14} />}
          onClick={() => {
            useTarget.getState().use();
            show('compare');
          }}
        >
          {images === null ? text('target.compare') : text('target.compareImages', { count: images })}
        </Button>
      </Consequence>
      {asking && <ImportNow packages={packages} targets={targets} onClose={() => setAsking(false)} />}
    </>
  );
}

function Mark({ summary }: { readonly summary: CheckSummary }) {
  if (summary === 'ready') return <IconCheck size={18} className={tones.ok} />;
  if (summary === 'failed' || summary === 'credentials')
    return <IconAlertTriangle size={18} className={tones.conflict} />;
  return <IconClock size={18} className={tones.muted} />;
}

/** How many different images the chosen packages hold; null until all of them have been read. */
function imagesIn(
  inventories: readonly (null | { readonly images: readonly { readonly source: string }[] })[],
): number | null {
  const sources = new Set<string>();
  for (const inventory of inventories) {
    if (inventory === null) return null;
    for (const { source } of inventory.images) sources.add(source);
  }
  return sources.size;
}
