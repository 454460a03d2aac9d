// The meaning of the patterns in the layer bars.
import { LayerBar, type LayerPart } from '../../parts/layer-bar.js';
import { useText, type TextKey } from '../../i18n/i18n.js';
import css from './run.module.css';

const MEANINGS: readonly (readonly [LayerPart['state'], TextKey])[] = [
  ['sent', 'run.legend.sent'],
  ['present', 'run.legend.present'],
  ['waiting', 'run.legend.waiting'],
];

export function LayerLegend() {
  const text = useText();
  return (
    <span className={css.legend}>
      {MEANINGS.map(([state, key]) => (
        <span key={state} className={css.meaning}>
          <span className={css.swatch} aria-hidden="true">
            <LayerBar layers={[{ bytes: 1, state }]} label={text(key)} />
          </span>
          {text(key)}
        </span>
      ))}
    </span>
  );
}
