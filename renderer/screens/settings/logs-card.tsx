// How much is written to the log, and the log itself.
import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { AppSettings } from '../../../core/contract.js';
import { useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { Dialog } from '../../parts/dialog/dialog.js';
import { IconFile } from '../../parts/icons.js';
import { SupportButton } from '../../parts/support-button.js';
import { LEVELS } from '../../stores/log-lines.js';
import { useSettings } from '../../stores/settings.js';
import { LogViewer } from './log-viewer.js';
import { SettingRow } from './setting-row.js';

export function LogsCard({ settings }: { readonly settings: AppSettings }) {
  const text = useText();
  const [open, setOpen] = useState(false);
  return (
    <Card title={text('settings.logs')}>
      <SettingRow name={text('settings.logLevel')} text={text('settings.logLevelText')}>
        <SegmentedControl
          aria-label={text('settings.logLevel')}
          value={settings.logLevel}
          data={[
            { value: 'debug', label: text('settings.logLevel.debug') },
            { value: 'info', label: text('settings.logLevel.info') },
            { value: 'warn', label: text('settings.logLevel.warn') },
            { value: 'error', label: text('settings.logLevel.error') },
          ]}
          onChange={(value) =>
            void useSettings.getState().save({ logLevel: LEVELS.find((one) => one === value) ?? 'info' })
          }
        />
      </SettingRow>
      <SettingRow name={text('settings.log')} text={text('settings.logText')}>
        <Button size="xs" leftSection={<IconFile size={14} />} onClick={() => setOpen(true)}>
          {text('settings.openLog')}
        </Button>
      </SettingRow>
      <SettingRow name={text('settings.support')} text={text('settings.supportText')}>
        <SupportButton />
      </SettingRow>
      {open && (
        <Dialog title={text('settings.log')} size={980} onClose={() => setOpen(false)}>
          <LogViewer />
        </Dialog>
      )}
    </Card>
  );
}
