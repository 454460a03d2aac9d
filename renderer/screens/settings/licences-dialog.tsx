// The packages that are delivered with Archbridge: versions, licences, and the text of each licence.
import { useEffect, useState } from 'react';
import { useText } from '../../i18n/i18n.js';
import type { parts as deliveredParts } from 'virtual:licences';
import { Dialog } from '../../parts/dialog/dialog.js';
import { LongList } from '../../parts/lists/long-list.js';
import css from './licences-dialog.module.css';

type Parts = typeof deliveredParts;

export function LicencesDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  const [parts, setParts] = useState<Parts>([]);
  useEffect(() => {
    void import('virtual:licences').then((licences) => setParts(licences.parts));
  }, []);
  return (
    <Dialog onClose={onClose} size="lg" title={text('about.parts')}>
      <p>{text('about.partsText', { count: parts.length })}</p>
      <LongList
        items={parts}
        keyOf={({ name, version }) => `${name} ${version}`}
        label={text('about.parts')}
        className={css.parts}
      >
        {({ name, version, licence, text: words }) => (
          <details>
            <summary>
              <b>{name}</b> <span className="mono muted">{version}</span>{' '}
              <span className="muted">{licence}</span>
            </summary>
            <pre tabIndex={0}>{words === '' ? licence : words}</pre>
          </details>
        )}
      </LongList>
    </Dialog>
  );
}
