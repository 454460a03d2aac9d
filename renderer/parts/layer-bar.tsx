// The layers of an image as a bar: full is sent, hatched was there already, crossed has failed. At most 24 parts; the last one
// joins the rest.
import { classes } from './classes.js';
import css from './layer-bar.module.css';

export interface LayerPart {
  readonly bytes: number;
  readonly state: 'waiting' | 'sent' | 'present' | 'failed';
  /** Part of the layer that was sent, 0 to 1; absent: none or all of it, by its state. */
  readonly sent?: number;
}

const MOST = 24;

/** The first layers, and the rest as one layer with the sum of their bytes. */
export function mergeLayers(layers: readonly LayerPart[]): readonly LayerPart[] {
  if (layers.length <= MOST) return layers;
  const rest = layers.slice(MOST - 1);
  const bytes = rest.reduce((sum, layer) => sum + layer.bytes, 0);
  const failed = rest.some(({ state }) => state === 'failed');
  const done = rest
    .filter(({ state }) => state === 'sent' || state === 'present')
    .reduce((sum, layer) => sum + layer.bytes, 0);
  const merged: LayerPart = failed
    ? { bytes, state: 'failed' }
    : { bytes, state: done === 0 ? 'waiting' : 'sent', sent: bytes === 0 ? 0 : done / bytes };
  return [...layers.slice(0, MOST - 1), merged];
}

export function LayerBar({
  layers,
  label,
}: {
  readonly layers: readonly LayerPart[];
  readonly label: string;
}) {
  return (
    <span className={css.bar} role="img" aria-label={label} title={label}>
      {mergeLayers(layers).map(({ bytes, state, sent }, index) => (
        <span
          key={index}
          className={classes(css.layer, state === 'present' && css.present, state === 'failed' && css.failed)}
          style={{ flexGrow: Math.max(1, bytes) }}
        >
          {(state === 'sent' || (state === 'waiting' && sent !== undefined)) && (
            <span className={css.sent} style={{ width: `${(sent ?? 1) * 100}%` }} />
          )}
        </span>
      ))}
    </span>
  );
}
