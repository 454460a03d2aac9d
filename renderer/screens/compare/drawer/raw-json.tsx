// Manifest and config of one build as they are stored.
import { Select } from '@mantine/core';
import { useState } from 'react';
import type { ImageDetail } from '../../../../core/contract.js';
import { useText } from '../../../i18n/i18n.js';
import { CopyButton } from '../../../parts/copy-button.js';
import css from './drawer.module.css';
import { useBuildWords } from './use-build-words.js';

export function RawJson({ detail: { variants } }: { readonly detail: ImageDetail }) {
  const text = useText();
  const words = useBuildWords();
  const [at, setAt] = useState(0);
  const variant = variants[at] ?? variants[0];
  if (!variant) return null;
  return (
    <>
      <Select
        size="xs"
        w={420}
        allowDeselect={false}
        aria-label={text('drawer.build')}
        value={String(at)}
        onChange={(value) => setAt(Number(value ?? 0))}
        data={variants.map((one, index) => ({
          value: String(index),
          label: `${one.platform}, ${words.place(one)}`,
        }))}
      />
      <Json title={text('drawer.manifest')} json={variant.raw.manifest} />
      <Json title={text('drawer.config')} json={variant.raw.config} />
    </>
  );
}

function Json({ title, json }: { readonly title: string; readonly json: string }) {
  const text = useText();
  return (
    <section>
      <h3 className={css.jsonHead}>
        {title} {json !== '' && <CopyButton value={json} />}
      </h3>
      <pre className={css.json} tabIndex={0} aria-label={title}>
        {json === '' ? text('detail.unknown') : indented(json)}
      </pre>
    </section>
  );
}

/** The JSON with line breaks; text that is no JSON as it is. */
function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
