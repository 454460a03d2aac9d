// The meaning of the choice, and the two next steps: choose a target, or import at once into the known one.
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { bytesToRead } from '../../../core/contract.js';
import type { RememberedTarget } from '../../../core/contract.js';
import { Consequence } from '../../frame/screen.js';
import { listGroups, listNames, useFormat, useText, type Say, type TextKey } from '../../i18n/i18n.js';
import { IconAlertTriangle, IconChevronRight } from '../../parts/icons.js';
import { SourceTile } from '../../parts/source-tile.js';
import tones from '../../parts/status.module.css';
import { useApp } from '../../stores/app.js';
import { groupBy } from '../../stores/group-by.js';
import {
  choiceMeaning,
  chosenPackages,
  type ChoiceMeaning,
  type ChosenPackage,
} from '../../stores/packages/package-list.js';
import { usePackages } from '../../stores/packages/packages.js';
import { useReport } from '../../stores/report.js';
import { isGoingOn, useRun } from '../../stores/run/run.js';
import { useSettings } from '../../stores/settings.js';
import { lastTarget, remember } from '../../stores/target/target-spec.js';
import { useTarget } from '../../stores/target/target.js';
import { useTargetsOfImport } from '../../stores/target/targets-of-import.js';
import { ImportNow } from './import-now.js';

const TITLES: Readonly<Record<Exclude<ChoiceMeaning, 'none' | 'one'>, TextKey>> = {
  fused: 'packages.meaning.fused',
  several: 'packages.meaning.several',
  'other-versions': 'packages.meaning.otherVersions',
  'same-platform': 'packages.meaning.samePlatform',
};

export function PackagesFooter() {
  const text = useText();
  const format = useFormat();
  const { chosen, known } = usePackages();
  const packages = useMemo(() => chosenPackages({ chosen, known }), [chosen, known]);
  const meaning = choiceMeaning(packages);
  const [asking, setAsking] = useState(false);
  const target = useQuickTarget();
  const show = useApp((state) => state.show);
  const gone = packages.filter((one) => one.gone);
  const running = useRun(isGoingOn);
  const targets = useTargetsOfImport(target);
  if (meaning === 'none')
    return (
      <Consequence title={text('packages.meaning.none')} text={text('packages.meaning.noneText')}>
        <Button rightSection={<IconChevronRight size={14} />} disabled>
          {text('packages.chooseTarget')}
        </Button>
      </Consequence>
    );
  const warns = meaning === 'other-versions' || meaning === 'same-platform';
  const bytes = bytesToRead(packages);
  return (
    <>
      <Consequence
        mark={<Marks packages={packages} warns={warns || gone.length > 0} text={text} />}
        title={
          gone.length > 0
            ? text('packages.meaning.gone', { names: format.list(gone.map(({ name }) => name)) })
            : meaning === 'one'
              ? text('packages.meaning.one', { name: nameOf(packages[0]) })
              : text(TITLES[meaning], { count: packages.length })
        }
        text={
          gone.length > 0
            ? text('packages.goneText')
            : text('packages.meaning.text', { names: platformsOf(packages), bytes: format.bytes(bytes) })
        }
      >
        {target === null ? (
          <Button onClick={() => usePackages.getState().clearChoice()}>{text('packages.clear')}</Button>
        ) : (
          <Button disabled={gone.length > 0 || running} onClick={() => setAsking(true)}>
            {text('packages.importNow')}
          </Button>
        )}
        <Button
          variant="filled"
          disabled={gone.length > 0}
          rightSection={<IconChevronRight size={14} />}
          onClick={() => show('target')}
        >
          {text('packages.chooseTarget')}
        </Button>
      </Consequence>
      {asking && target !== null && (
        <ImportNow packages={packages} targets={targets} onClose={() => setAsking(false)} />
      )}
    </>
  );
}

/** The target of "Import now": the chosen one, otherwise the last one used, for a newcomer a folder on this computer. */
function useQuickTarget(): RememberedTarget | null {
  const current = useTarget((state) => state.current);
  const targets = useSettings(({ settings }) => settings?.targets);
  const store = useApp(({ info }) => info?.defaultStore);
  const history = useReport((state) => state.history);
  const known = current ?? lastTarget(targets ?? []);
  if (known) return known;
  if (store === undefined || history === null || history.length > 0) return null;
  return remember({ store }, '');
}

function Marks({
  packages,
  warns,
  text,
}: {
  readonly packages: readonly ChosenPackage[];
  readonly warns: boolean;
  readonly text: Say;
}) {
  return (
    <>
      {warns && <IconAlertTriangle size={18} className={tones.conflict} />}
      {packages.slice(0, 6).map(({ tile, name }) => (
        <SourceTile key={tile} tile={tile} name={text('tile.package', { tile, name })} />
      ))}
    </>
  );
}

function nameOf(one: ChosenPackage | undefined): string {
  return `${one?.label ?? ''} ${one?.version ?? ''}`.trim();
}

/** `addon 0.9.0, linux/amd64 and linux/arm64` in one line: each product once, with its platforms. */
function platformsOf(packages: readonly ChosenPackage[]): string {
  const groups = groupBy(packages, nameOf);
  return listGroups(
    [...groups].map(([name, group]) => {
      const platforms = group.map(({ arch }) => arch).filter((arch) => arch !== '');
      return listNames([name, ...platforms.map((arch) => `linux/${arch}`)]);
    }),
  );
}
