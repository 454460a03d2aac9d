// The meaning of the letters in the cells.
import { useMemo } from 'react';
import { useText } from '../../i18n/i18n.js';
import { SourceTile } from '../../parts/source-tile.js';
import { chosenPackages } from '../../stores/packages/package-list.js';
import { usePackages } from '../../stores/packages/packages.js';
import css from './compare.module.css';

const MOST = 3;

export function TileLegend() {
  const text = useText();
  const { chosen, known } = usePackages();
  const packages = useMemo(() => chosenPackages({ chosen, known }), [chosen, known]);
  return (
    <span className={css.legend}>
      <span className={css.meaning}>
        <SourceTile tile="T" name={text('compare.tile.target')} />
        {text('compare.tile.target')}
      </span>
      {packages.slice(0, MOST).map(({ tile, name, arch, version }) => (
        <span key={tile} className={css.meaning}>
          <SourceTile tile={tile} name={text('tile.package', { tile, name })} />
          {text('compare.tile.package', { what: arch === '' ? version : arch })}
        </span>
      ))}
    </span>
  );
}
