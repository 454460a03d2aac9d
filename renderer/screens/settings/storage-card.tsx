// The folders that Archbridge uses on this computer, and what is in them.
import { useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { CopyButton } from '../../parts/copy-button.js';
import { IconCheck } from '../../parts/icons.js';
import { Toned } from '../../parts/status.js';
import { useApp } from '../../stores/app.js';
import { useReport } from '../../stores/report.js';
import css from './settings.module.css';
import { SettingRow } from './setting-row.js';

export function StorageCard() {
  const text = useText();
  const info = useApp((state) => state.info);
  const runs = useReport(({ history }) => history?.length ?? 0);
  return (
    <Card title={text('settings.storage')}>
      <SettingRow name={text('settings.state')} text={text('settings.stateText', { count: runs })}>
        <Path value={info?.stateDir ?? ''} />
      </SettingRow>
      <SettingRow name={text('settings.store')} text={text('settings.storeText')}>
        <Path value={info?.defaultStore ?? ''} />
      </SettingRow>
      <SettingRow name={text('settings.temporary')} text={text('packages.drop.reads')}>
        <Toned icon={IconCheck} tone="ok">
          {text('settings.temporaryNone')}
        </Toned>
      </SettingRow>
    </Card>
  );
}

function Path({ value }: { readonly value: string }) {
  return (
    <span className={css.path}>
      <span className="mono cut" title={value}>
        {value}
      </span>
      <CopyButton value={value} />
    </span>
  );
}
