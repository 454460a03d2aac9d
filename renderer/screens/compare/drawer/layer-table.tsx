// The layers of an image, or of two builds of it, as a table: size, where they are, and the command that made them.
import type { VariantLayer } from '../../../../core/contract.js';
import { shortDigest } from '../../../format.js';
import { useFormat, useText, type TextKey } from '../../../i18n/i18n.js';
import css from './drawer.module.css';

type Where = 'both' | 'left' | 'right' | 'shared' | 'new';

const WORDS: Readonly<Record<Where, TextKey>> = {
  both: 'drawer.layer.both',
  left: 'drawer.layer.left',
  right: 'drawer.layer.right',
  shared: 'drawer.layer.shared',
  new: 'drawer.layer.new',
};

const BESIDE_TARGET: Readonly<Partial<Record<Where, TextKey>>> = {
  left: 'drawer.layer.target',
  right: 'drawer.layer.incoming',
};

interface LayerTableProps {
  /** True where the left build is that of the target, so that the words can say so. */
  readonly besideTarget?: boolean;
  readonly layers: readonly { readonly layer: VariantLayer; readonly where: Where }[];
  readonly everything: boolean;
}

export function LayerTable({ layers, everything, besideTarget = false }: LayerTableProps) {
  const text = useText();
  const format = useFormat();
  const numbered = layers.map((one, at) => ({ ...one, number: at + 1 }));
  const shown = everything ? numbered : numbered.filter(({ where }) => where !== 'both');
  const folded = numbered.length - shown.length;
  return (
    <div className={css.table} tabIndex={0} role="group" aria-label={text('drawer.layers')}>
      <table className={css.layers}>
        <thead>
          <tr>
            <th scope="col">{text('drawer.layers')}</th>
            <th scope="col" className="right">
              {text('drawer.layerSize')}
            </th>
            <th scope="col">{text('drawer.where')}</th>
            <th scope="col">{text('drawer.command')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ layer, where, number }) => (
            <tr key={number} data-where={where}>
              <td className="mono" title={layer.digest}>
                {number} {shortDigest(layer.digest)}
              </td>
              <td className="num right">{format.bytes(layer.bytes)}</td>
              <td>{text((besideTarget ? BESIDE_TARGET[where] : undefined) ?? WORDS[where])}</td>
              <td className={css.command} title={layer.command}>
                {layer.command === '' ? '–' : layer.command}
              </td>
            </tr>
          ))}
        </tbody>
        {folded > 0 && (
          <tfoot>
            <tr>
              <td colSpan={4} className="small muted">
                {text('drawer.bothLayers', { count: folded })}
              </td>
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}
