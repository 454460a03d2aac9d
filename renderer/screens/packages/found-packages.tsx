// Packages grouped by where they were found: drives, watched folders, added files, examples.
import { Button } from '@mantine/core';
import type { Drive } from '../../../core/contract.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { Card, Tag } from '../../parts/card.js';
import { ErrorCard } from '../../parts/error-card.js';
import { IconFolder, IconPackage, IconUsb } from '../../parts/icons.js';
import { usePackages, type WatchedFolder } from '../../stores/packages/packages.js';
import { PackageTable } from './package-table.js';
import css from './packages.module.css';

export function DriveCard({
  drive,
  onBrowse,
}: {
  readonly drive: Drive;
  readonly onBrowse: (path: string) => void;
}) {
  const text = useText();
  const format = useFormat();
  const used = { used: format.bytes(drive.bytes - drive.free), total: format.bytes(drive.bytes) };
  return (
    <Card
      icon={IconUsb}
      title={drive.label}
      note={
        <>
          <Tag>{drive.removable ? text('packages.drive.usb') : text('packages.drive.other')}</Tag>{' '}
          {text('packages.drive.used', used)}
        </>
      }
      actions={
        <Button size="compact-xs" leftSection={<IconFolder size={14} />} onClick={() => onBrowse(drive.path)}>
          {text('packages.browse')}
        </Button>
      }
    >
      {drive.packages.length === 0 ? (
        <p className={`${css.hashes} muted`}>{text('packages.drive.none')}</p>
      ) : (
        <PackageTable label={drive.label} paths={drive.packages.map(({ path }) => path)} />
      )}
    </Card>
  );
}

/** Shown until the host has looked for drives. */
export function DrivesLoading() {
  const text = useText();
  return (
    <Card icon={IconUsb} title={text('packages.drive.looking')}>
      <table className={css.table} aria-hidden="true">
        <tbody>
          {[62, 48, 55].map((width) => (
            <tr key={width}>
              <td>
                <div className={css.skeleton} style={{ width: `${width}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

export function WatchedCard({
  folder,
  onUnwatch,
}: {
  readonly folder: WatchedFolder;
  readonly onUnwatch: () => void;
}) {
  const text = useText();
  const { path, packages, others, problem } = folder;
  return (
    <Card
      icon={IconFolder}
      title={text('packages.watched')}
      note={
        <span className="mono" title={path}>
          {path}
        </span>
      }
      actions={
        <Button size="compact-xs" onClick={onUnwatch}>
          {text('packages.unwatch')}
        </Button>
      }
    >
      {problem !== null ? (
        <div className={css.hashes}>
          <ErrorCard problem={problem} />
        </div>
      ) : packages.length + others.length === 0 ? (
        <p className={`${css.hashes} muted`}>{text('packages.drive.none')}</p>
      ) : (
        <PackageTable label={path} paths={packages} others={others} head={false} />
      )}
    </Card>
  );
}

export function AddedCard({ paths }: { readonly paths: readonly string[] }) {
  const text = useText();
  return (
    <Card
      icon={IconPackage}
      title={text('packages.added')}
      actions={
        <Button size="compact-xs" onClick={() => usePackages.getState().forgetAdded()}>
          {text('packages.forgetAdded')}
        </Button>
      }
    >
      <PackageTable label={text('packages.added')} paths={paths} />
    </Card>
  );
}

export function ExamplesCard({ paths }: { readonly paths: readonly string[] }) {
  const text = useText();
  const chosen = usePackages((state) => state.chosen);
  const left = paths.filter((path) => !chosen.includes(path));
  return (
    <Card
      icon={IconPackage}
      title={text('packages.examples')}
      note={text('packages.examplesNote')}
      actions={
        left.length > 0 && (
          <Button
            size="compact-xs"
            variant={chosen.length === 0 ? 'filled' : 'default'}
            onClick={() => left.forEach((path) => usePackages.getState().choose(path, true))}
          >
            {text('packages.chooseExamples', { count: left.length })}
          </Button>
        )
      }
    >
      <PackageTable label={text('packages.examples')} paths={paths} head={false} />
    </Card>
  );
}
