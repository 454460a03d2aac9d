// "This import" in the rail: packages with their letters, and the target.
import { useMemo } from 'react';
import { listNames, useText } from '../i18n/i18n.js';
import { SourceTile } from '../parts/source-tile.js';
import { useApp } from '../stores/app.js';
import { chosenPackages, tileOf } from '../stores/packages/package-list.js';
import { packageFacts } from '../stores/packages/package-name.js';
import { usePackages } from '../stores/packages/packages.js';
import { useRun } from '../stores/run/run.js';
import { targetLabel } from '../stores/target/target-spec.js';
import { useTarget } from '../stores/target/target.js';
import { useTargetsOfImport } from '../stores/target/targets-of-import.js';
import css from './rail.module.css';

export function ImportSummary() {
  const text = useText();
  const { chosen, known } = usePackages();
  const target = useTarget(({ current }) => current);
  const screen = useApp((state) => state.screen);
  const request = useRun((state) => state.request);
  const several = useRun((state) => state.several.length);
  const inRun = useRun((state) => state.progress.packages);
  // The run's screen is about the run, which another window may have started.
  const isRun = screen === 'run' && request !== null;
  const packages = useMemo(
    () =>
      // An undo reads no packages.
      isRun && inRun.length > 0
        ? inRun.map(({ name }, at) => ({ ...packageFacts(name), name, tile: tileOf(at) }))
        : chosenPackages({ chosen, known }),
    [chosen, known, isRun, inRun],
  );
  const place = isRun ? targetLabel(request.target) : target?.label;
  const chosenTargets = useTargetsOfImport(target);
  const targets = isRun ? several : chosenTargets.length;
  const first = packages[0];
  const versions = [...new Set(packages.map(({ label, version }) => `${label} ${version}`.trim()))];
  return (
    <section className={css.import} aria-label={text('frame.thisImport')}>
      <div className={css.label}>{text('frame.thisImport')}</div>
      <div className={css.package}>
        <span className="cut" title={listNames(versions)}>
          {first === undefined ? text('frame.noPackage') : listNames(versions)}
        </span>
        {packages.slice(0, 4).map(({ tile, name }) => (
          <SourceTile key={tile} tile={tile} name={text('tile.package', { tile, name })} />
        ))}
      </div>
      <div className={`${css.label} cut`} title={place}>
        {place === undefined
          ? text('frame.noTarget')
          : targets > 1
            ? text('frame.toTargets', { count: targets })
            : text('frame.toTarget', { target: place })}
      </div>
    </section>
  );
}
