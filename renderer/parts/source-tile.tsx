// A small letter for where something comes from: A, B, ... the packages in the order of choosing, T what the target holds now.
import { classes } from './classes.js';
import css from './source-tile.module.css';

interface SourceTileProps {
  /** `A`, `B`, ... or `T`. */
  readonly tile: string;
  /** What it stands for, read out and shown on hover: "Package A: addon 0.9.0 amd64". */
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
