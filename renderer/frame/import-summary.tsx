// "This import" in the rail: packages with their letters, and the target.
import { useMemo } from 'react';
import { useText } from '../i18n/i18n.js';
import { SourceTile } from '../parts/source-tile.js';
import { chosenPackages } from '../stores/packages/package-list.js';
import { usePackages } from '../stores/packages/packages.js';
import { useTarget } from '../stores/target/target.js';
import css from './rail.module.css';

export function ImportSummary() {
  const text = useText();
  const { chosen, known } = usePackages();
  const target = useTarget(({ current }) => current);
  const packages = useMemo(() => chosenPackages({ chosen, known }), [chosen, known]);
  const first = packages[0];
  const versions = [...new Set(packages.map(({ label, version }) => `${label} ${version}`.trim()))];
  return (
    <section className={css.import} aria-label={text('frame.thisImport')}>
      <div className={css.label}>{text('frame.thisImport')}</div>
      <div className={css.package}>
        <span className="cut" title={versions.join(', ')}>
          {first === undefined ? text('frame.noPackage') : versions.join(', ')}
        </span>
        {packages.slice(0, 4).map(({ tile, name }) => (
          <SourceTile key={tile} tile={tile} name={text('tile.package', { tile, name })} />
        ))}
      </div>
      <div className={`${css.label} cut`} title={target?.label}>
        {target === null ? text('frame.noTarget') : text('frame.toTarget', { target: target.label })}
      </div>
    </section>
  );
}
