// The screen Targets.
import { Screen } from '../../frame/screen.js';
import { useText } from '../../i18n/i18n.js';

export function TargetsScreen() {
  const text = useText();
  return (
    <Screen title={text('target.title')} purpose="">
      {null}
    </Screen>
  );
}
