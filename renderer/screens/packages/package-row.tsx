// One package of the list: tick box, name, facts from its name, size, and the state of its SHA-512.
import { Checkbox } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { percent } from '../../format.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { classes } from '../../parts/classes.js';
import { SourceTile } from '../../parts/source-tile.js';
import { SpanBar } from '../../parts/span-bar.js';
import { mayChoose, tileOf, type KnownPackage } from '../../stores/packages/package-list.js';
import { fileName, isPlatformInstaller, packageFacts } from '../../stores/packages/package-name.js';
import { usePackages } from '../../stores/packages/packages.js';
import { ChecksumStatus } from './checksum-status.js';
import css from './packages.module.css';

interface PackageRowProps {
  readonly path: string;
  readonly supported: boolean;
  /** True for the row that Tab reaches. */
  readonly reachable: boolean;
}

export function PackageRow({ path, supported, reachable }: PackageRowProps) {
  const text = useText();
  const format = useFormat();
  const known = usePackages((state) => state.known[path]);
  const chosenAt = usePackages((state) => state.chosen.indexOf(path));
  const focused = usePackages((state) => state.focused === path);
  const { choose, focus } = usePackages.getState();
  const name = known?.name ?? fileName(path);
  if (!supported || !known) return <UnsupportedRow name={name} path={path} reachable={reachable} />;
  const chosen = chosenAt >= 0;
  const { version, arch } = packageFacts(name, known.inventory);
  const allowed = (mayChoose(known) && !known.gone) || chosen;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === ' ') {
      event.preventDefault();
      if (allowed) choose(path, !chosen);
    }
    if (event.key === 'Enter') document.querySelector<HTMLElement>('[data-package-detail]')?.focus();
  };
  return (
    <tr
      className={css.row}
      data-package-row
      data-focused={focused || undefined}
      aria-selected={chosen}
      tabIndex={reachable ? 0 : -1}
      onFocus={() => focus(path)}
      onClick={() => focus(path)}
      onKeyDown={onKeyDown}
    >
      <td className={css.tick}>
        <Checkbox
          checked={chosen}
          disabled={!allowed}
          tabIndex={-1}
          aria-label={text('packages.choose', { name })}
          onChange={({ currentTarget }) => choose(path, currentTarget.checked)}
        />
      </td>
      <td>
        <span className={css.name}>
          {chosen && (
            <SourceTile
              tile={tileOf(chosenAt)}
              name={text('tile.package', { tile: tileOf(chosenAt), name })}
            />
          )}
          <span className={classes('mono', 'cut', known.gone && css.gone)} title={path}>
            {name}
          </span>
        </span>
      </td>
      <td className="num">{version}</td>
      <td className="mono">{arch === '' ? '' : `linux/${arch}`}</td>
      <td className="num right">{known.bytes > 0 ? format.bytes(known.bytes) : ''}</td>
      <td>{known.reading === null ? <ChecksumStatus of={known} /> : <ReadingProgress of={known} />}</td>
    </tr>
  );
}

function ReadingProgress({ of: { reading } }: { readonly of: KnownPackage }) {
  const text = useText();
  const done = percent(reading?.bytesRead ?? 0, reading?.bytesTotal ?? 0);
  const label = text('packages.reading', { percent: done });
  return (
    <span className={css.progress}>
      <SpanBar spans={[{ part: done / 100, look: 'accent' }]} label={label} progress={done} />
      <span className="num">{label}</span>
    </span>
  );
}

function UnsupportedRow({
  name,
  path,
  reachable,
}: {
  readonly name: string;
  readonly path: string;
  readonly reachable: boolean;
}) {
  const text = useText();
  return (
    <tr className={css.row} data-package-row data-dimmed aria-disabled="true" tabIndex={reachable ? 0 : -1}>
      <td className={css.tick}>
        <Checkbox disabled tabIndex={-1} aria-label={name} />
      </td>
      <td colSpan={5}>
        <span className={css.name}>
          <span className="mono cut" title={path}>
            {name}
          </span>
          <span className="small cut">
            {isPlatformInstaller(name)
              ? text('packages.unsupported.installer')
              : text('packages.unsupported.other')}
          </span>
        </span>
      </td>
    </tr>
  );
}
