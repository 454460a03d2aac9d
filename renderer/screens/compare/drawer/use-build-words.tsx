// How the drawer names a build: its tile, its platform, and where it is.
import type { ReactNode } from 'react';
import type { CoverageImage, ImageVariant } from '../../../../core/contract.js';
import { useText } from '../../../i18n/i18n.js';
import { SourceTile } from '../../../parts/source-tile.js';
import { tileOf } from '../../../stores/packages/package-list.js';
import { fileName } from '../../../stores/packages/package-name.js';
import { usePackages } from '../../../stores/packages/packages.js';

export interface BuildWords {
  /** "in the target now", "in addon-amd64.tar.gz". */
  readonly place: (variant: ImageVariant) => string;
  /** Head of a column. */
  readonly head: (variant: ImageVariant, image: Pick<CoverageImage, 'cells'>) => ReactNode;
}

export function useBuildWords(): BuildWords {
  const text = useText();
  const chosen = usePackages((state) => state.chosen);
  const place = ({ from }: ImageVariant): string =>
    from === 'target' ? text('drawer.inTargetNow') : text('drawer.inPackage', { from });
  return {
    place,
    head(variant, { cells }) {
      const { from, platform, digest } = variant;
      const at = chosen.findIndex((path) => fileName(path) === from);
      const tile = from === 'target' ? 'T' : at < 0 ? '?' : tileOf(at);
      const cell = cells[platform];
      const comesIn = cell !== undefined && from !== 'target' && cell.digest === digest && cell.from === from;
      return (
        <>
          <SourceTile tile={tile} name={place(variant)} /> <span className="mono">{platform}</span>
          <div className="small muted">{comesIn ? text('drawer.incoming', { from }) : place(variant)}</div>
        </>
      );
    },
  };
}
