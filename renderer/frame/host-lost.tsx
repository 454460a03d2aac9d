// A message above every screen while the engine's process is gone.
import { useText } from '../i18n/i18n.js';
import { IconAlertTriangle } from '../parts/icons.js';
import { useApp } from '../stores/app.js';
import css from './frame.module.css';

export function HostLost() {
  const text = useText();
  const lost = useApp(({ engineLost }) => engineLost);
  if (!lost) return null;
  return (
    <div className={css.lost} role="alert">
      <IconAlertTriangle size={16} />
      {text('frame.engineLost')}
    </div>
  );
}
