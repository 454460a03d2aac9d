// Version, host and keyboard shortcuts.
import { useText } from '../../i18n/i18n.js';
import frame from '../../frame/frame.module.css';
import { Card } from '../../parts/card.js';
import { Facts } from '../../parts/facts.js';
import { useApp } from '../../stores/app.js';
import css from './settings.module.css';

const KEYS = ['Ctrl K', 'Ctrl O', 'Ctrl N', 'Ctrl Enter'] as const;

export function AboutCard() {
  const text = useText();
  const info = useApp((state) => state.info);
  const words = {
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
          [text('settings.license'), 'Apache-2.0'],
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
    </Card>
  );
}
