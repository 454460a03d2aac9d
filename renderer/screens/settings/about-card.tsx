// Version, host, licences and keyboard shortcuts.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useText } from '../../i18n/i18n.js';
import frame from '../../frame/frame.module.css';
import { Card } from '../../parts/card.js';
import { Facts } from '../../parts/facts.js';
import { LicencesDialog } from './licences-dialog.js';
import { useApp } from '../../stores/app.js';
import css from './settings.module.css';

const KEYS = ['F1', 'Ctrl K', 'Ctrl O', 'Ctrl N', 'Ctrl Enter'] as const;

export function AboutCard() {
  const text = useText();
  const info = useApp((state) => state.info);
  const [open, setOpen] = useState(false);
  const words = {
    F1: text('help.title'),
    'Ctrl K': text('palette.open'),
    'Ctrl O': text('packages.chooseFiles'),
    'Ctrl N': text('target.newRegistry'),
    'Ctrl Enter': text('target.check'),
  };
  return (
    <Card title={text('settings.about')} padded className={css.about}>
      <Facts
        facts={[
          [text('settings.version'), `Archbridge ${info?.version ?? ''}`],
          [
            text('settings.host'),
            info?.host === 'web'
              ? text('settings.hostWeb', { computer: info.hostName })
              : text('settings.hostDesktop', { computer: info?.hostName ?? '' }),
          ],
          [text('settings.user'), info?.userName ?? ''],
          [
            text('settings.license'),
            <>
              Apache-2.0{'\u2002'}
              <Button size="compact-xs" onClick={() => setOpen(true)}>
                {text('about.parts')}
              </Button>
            </>,
          ],
          [
            text('settings.keys'),
            KEYS.map((key) => (
              <div key={key}>
                <kbd className={frame.key}>{key}</kbd> {words[key]}
              </div>
            )),
          ],
        ]}
      />
      {open && <LicencesDialog onClose={() => setOpen(false)} />}
    </Card>
  );
}
