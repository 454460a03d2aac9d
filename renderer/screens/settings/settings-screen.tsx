// The screen Settings.
import { Screen } from '../../frame/screen.js';
import { useText } from '../../i18n/i18n.js';

export function SettingsScreen() {
  const text = useText();
  return (
    <Screen title={text('settings.title')} purpose="">
      {null}
    </Screen>
  );
}
