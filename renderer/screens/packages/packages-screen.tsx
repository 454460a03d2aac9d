// The screen Packages.
import { Screen } from '../../frame/screen.js';
import { useText } from '../../i18n/i18n.js';

export function PackagesScreen() {
  const text = useText();
  return (
    <Screen title={text('packages.title')} purpose="">
      {null}
    </Screen>
  );
}
