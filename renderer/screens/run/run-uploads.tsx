// The blobs that are being sent now.
import { useMemo } from 'react';
import { percent, shortDigest } from '../../format.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { IconArrowUp } from '../../parts/icons.js';
import { SpanBar } from '../../parts/span-bar.js';
import type { RunRow } from '../../stores/run/run-rows.js';
import { useRun } from '../../stores/run/run.js';
import css from './run.module.css';

const SHOWN = 5;

export function RunUploads({ rows }: { readonly rows: readonly RunRow[] }) {
  const text = useText();
  const format = useFormat();
  const uploads = useRun((state) => state.progress.uploads);
  const names = useMemo(() => namesOf(rows, new Set(uploads.map(({ digest }) => digest))), [rows, uploads]);
  return (
    <Card
      icon={IconArrowUp}
      title={text('run.uploads')}
      note={text('run.uploadsNow', { count: uploads.length })}
    >
      {uploads.length > 0 && (
        <ul className={css.uploads}>
          {uploads.slice(0, SHOWN).map(({ digest, sent, bytes }) => {
            const done = percent(sent, bytes);
            const name = names.get(digest) ?? shortDigest(digest);
            return (
              <li key={digest}>
                <span className="mono cut" title={digest}>
                  {name}
                </span>
                <SpanBar
                  spans={[{ part: done / 100, look: 'accent' }]}
                  label={`${name} ${done}%`}
                  progress={done}
                />
                <span className="num right">{format.bytes(bytes)}</span>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}

/** The image that a layer belongs to, and the number of the layer in it. */
function namesOf(rows: readonly RunRow[], wanted: ReadonlySet<string>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { source, parts } of rows) {
    for (const { layers } of parts) {
      layers.forEach(({ digest }, index) => {
        if (!wanted.has(digest) || names.has(digest)) return;
        names.set(
          digest,
          `${source.slice(source.lastIndexOf('/') + 1)} ${String(index + 1)}/${String(layers.length)}`,
        );
      });
    }
  }
  return names;
}
