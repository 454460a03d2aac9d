// A letter for the origin of something: A, B, ... for the packages in the order in which they were chosen, T for the target.
import { classes } from './classes.js';
import css from './source-tile.module.css';

interface SourceTileProps {
  /** `A`, `B`, ... or `T`. */
  readonly tile: string;
  /** The meaning of the letter, read out and shown as a tooltip: "Package A: addon 0.9.0 amd64". */
  readonly name: string;
}

export function SourceTile({ tile, name }: SourceTileProps) {
  return (
    <span
      className={classes(css.tile, tile === 'A' && css.first, tile === 'T' && css.target)}
      role="img"
      aria-label={name}
      title={name}
    >
      {tile}
    </span>
  );
}
