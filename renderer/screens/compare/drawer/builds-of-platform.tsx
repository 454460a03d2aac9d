// One platform: the build in the target beside the one that comes in, with what differs, and the layers of both.
import { SegmentedControl, Select } from '@mantine/core';
import { useState } from 'react';
import type { CoverageImage, ImageDetail } from '../../../../core/contract.js';
import { useText } from '../../../i18n/i18n.js';
import { pairDifferences, pairLayers } from '../../../stores/compare/image-differences.js';
import { pairsOf, singleOf, type VariantPair } from '../../../stores/compare/variant-pairs.js';
import css from './drawer.module.css';
import { FieldTable } from './field-table.js';
import { LayerTable } from './layer-table.js';
import { useBuildWords } from './use-build-words.js';

interface BuildsOfPlatformProps {
  readonly image: CoverageImage;
  readonly detail: ImageDetail;
  /** Platform of the cell with which the drawer was opened. */
  readonly asked: string;
}

export function BuildsOfPlatform({ image, detail, asked }: BuildsOfPlatformProps) {
  const text = useText();
  const words = useBuildWords();
  const platforms = [...new Set(detail.variants.map(({ platform }) => platform))];
  const [chosen, setChosen] = useState(asked);
  const [pairAt, setPairAt] = useState(0);
  const [everything, setEverything] = useState(false);
  const platform = platforms.includes(chosen) ? chosen : (platforms[0] ?? chosen);
  const pairs = pairsOf(detail, platform);
  const pair = pairs[pairAt] ?? pairs[0];
  const single = singleOf(detail, platform);
  return (
    <>
      <div className={css.tools}>
        {platforms.length > 1 && (
          <SegmentedControl
            size="xs"
            value={platform}
            aria-label={text('drawer.platform')}
            onChange={(value) => {
              setChosen(value);
              setPairAt(0);
            }}
            data={platforms.map((one) => ({ value: one, label: one }))}
          />
        )}
        {pairs.length > 1 && (
          <Select
            size="xs"
            w={300}
            allowDeselect={false}
            aria-label={text('drawer.pair')}
            value={String(Math.min(pairAt, pairs.length - 1))}
            onChange={(value) => setPairAt(Number(value ?? 0))}
            data={pairs.map(({ left, right }, at) => ({
              value: String(at),
              label: `${words.place(left)} / ${words.place(right)}`,
            }))}
          />
        )}
        {pair && <Extent everything={everything} onChange={setEverything} />}
      </div>
      {pair && <Pair pair={pair} image={image} everything={everything} />}
      {single !== null && (
        <>
          <p className="small muted">{text('drawer.alone', { platform })}</p>
          <FieldTable
            heads={[words.head(single, image)]}
            rows={pairDifferences(single, single).map(({ field, left }) => ({
              field,
              differs: false,
              cells: [left],
            }))}
            everything
          />
          <LayerTable
            layers={single.layers.map((layer) => ({ layer, where: layer.shared ? 'shared' : 'new' }))}
            everything
          />
        </>
      )}
    </>
  );
}

/** Two builds with their differences; what is equal is folded away until the person asks for everything. */
function Pair({
  pair: { left, right },
  image,
  everything,
}: {
  readonly pair: VariantPair;
  readonly image: CoverageImage;
  readonly everything: boolean;
}) {
  const text = useText();
  const words = useBuildWords();
  const rows = pairDifferences(left, right);
  const layers = pairLayers(left, right);
  const differs = rows.some((row) => row.differs) || layers.some(({ where }) => where !== 'both');
  return (
    <>
      {!differs && <p className="muted">{text('drawer.nothingDiffers')}</p>}
      <FieldTable
        heads={[words.head(left, image), words.head(right, image)]}
        rows={rows.map(({ field, differs: marked, left: ours, right: theirs }) => ({
          field,
          differs: marked,
          cells: [ours, theirs],
        }))}
        everything={everything}
      />
      <LayerTable layers={layers} everything={everything} besideTarget={left.from === 'target'} />
    </>
  );
}

/** Whether what is equal is shown as well. */
export function Extent({
  everything,
  onChange,
}: {
  readonly everything: boolean;
  readonly onChange: (everything: boolean) => void;
}) {
  const text = useText();
  return (
    <SegmentedControl
      size="xs"
      className={css.extent}
      value={everything ? 'all' : 'differences'}
      aria-label={text('drawer.show')}
      onChange={(value) => onChange(value === 'all')}
      data={[
        { value: 'differences', label: text('drawer.onlyDifferences') },
        { value: 'all', label: text('drawer.everything') },
      ]}
    />
  );
}
