// The builds for all platforms side by side; only what should be equal between architectures is marked.
import { useState } from 'react';
import type { CoverageImage, ImageDetail } from '../../../../core/contract.js';
import { useText } from '../../../i18n/i18n.js';
import { differencesAcross } from '../../../stores/compare/image-differences.js';
import { acrossPlatforms } from '../../../stores/compare/variant-pairs.js';
import { Extent } from './builds-of-platform.js';
import { FieldTable } from './field-table.js';
import { useBuildWords } from './use-build-words.js';

export function PlatformColumns({
  image,
  detail,
}: {
  readonly image: CoverageImage;
  readonly detail: ImageDetail;
}) {
  const text = useText();
  const words = useBuildWords();
  const [everything, setEverything] = useState(true);
  const variants = acrossPlatforms(detail, image);
  const rows = differencesAcross(variants);
  return (
    <>
      <Extent everything={everything} onChange={setEverything} />
      {!rows.some(({ differs }) => differs) && <p>{text('drawer.nothingAcross')}</p>}
      <p className="small muted">{text('drawer.natural')}</p>
      <FieldTable
        heads={variants.map((variant) => words.head(variant, image))}
        rows={rows}
        everything={everything}
      />
    </>
  );
}
