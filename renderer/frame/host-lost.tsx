// A message above every screen while the host does not answer: on the desktop its engine, in a browser the serving process.
import { useText } from '../i18n/i18n.js';
import { IconAlertTriangle } from '../parts/icons.js';
import { useApp } from '../stores/app.js';
import css from './frame.module.css';

export function HostLost() {
  const text = useText();
  const { engineLost, info } = useApp();
  if (!engineLost) return null;
  const isServed = info?.host === 'web';
  return (
    <div className={css.lost} role="alert">
      <IconAlertTriangle size={16} />
      {isServed ? (
        <span>
          {text('frame.hostGone', { computer: info.hostName })} <b>{text('frame.hostGoneText')}</b>
        </span>
      ) : (
        text('frame.engineLost')
      )}
    </div>
  );
}
