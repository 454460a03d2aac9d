// What is always on and has no switch.
import { useText, type TextKey } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { IconLock, IconShieldCheck } from '../../parts/icons.js';
import css from './settings.module.css';

const RULES: readonly (readonly [TextKey, TextKey])[] = [
  ['settings.always.platforms', 'settings.always.platformsText'],
  ['settings.always.unreadable', 'settings.always.unreadableText'],
  ['settings.always.tls', 'settings.always.tlsText'],
  ['settings.always.telemetry', 'settings.always.telemetryText'],
];

export function AlwaysCard() {
  const text = useText();
  return (
    <Card icon={IconShieldCheck} title={text('settings.always')} note={text('settings.alwaysNote')}>
      <ul>
        {RULES.map(([rule, how]) => (
          <li key={rule} className={css.always}>
            <IconLock size={16} />
            <span>
              <b className="strong">{text(rule)}</b> <span className="small muted">· {text(how)}</span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
