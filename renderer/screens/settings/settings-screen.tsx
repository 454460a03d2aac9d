// The screen Settings; each change is saved at once.
import { Screen } from '../../frame/screen.js';
import { useText } from '../../i18n/i18n.js';
import { ErrorCard } from '../../parts/error-card.js';
import { useSettings } from '../../stores/settings.js';
import { AboutCard } from './about-card.js';
import { AlwaysCard } from './always-card.js';
import { AppearanceCard } from './appearance-card.js';
import { LogsCard } from './logs-card.js';
import { PasswordsCard } from './passwords-card.js';
import css from './settings.module.css';
import { StorageCard } from './storage-card.js';
import { TransferCard } from './transfer-card.js';

export function SettingsScreen() {
  const text = useText();
  const { settings, problem } = useSettings();
  return (
    <Screen title={text('settings.title')} purpose={text('settings.purpose')}>
      {problem !== null && <ErrorCard problem={problem} alert />}
      {settings !== null && (
        <div className={css.columns}>
          <div className={css.column}>
            <AppearanceCard settings={settings} />
            <TransferCard settings={settings} />
            <AlwaysCard />
          </div>
          <div className={css.column}>
            <LogsCard settings={settings} />
            <StorageCard />
            <PasswordsCard settings={settings} />
            <AboutCard />
          </div>
        </div>
      )}
    </Screen>
  );
}
