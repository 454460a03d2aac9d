// How imports are carried out: number of parallel uploads, bandwidth, and whether everything is read back at the end.
import { NumberInput, Select, Switch } from '@mantine/core';
import { useState } from 'react';
import type { AppSettings } from '../../../core/contract.js';
import { useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { useSettings } from '../../stores/settings.js';
import { SettingRow } from './setting-row.js';

const UPLOADS = ['1', '2', '4', '6', '8', '12', '16'];
const MB = 1_000_000;
/** Bytes a second, proposed when a limit is switched on: half of a 100 Mbit/s line. */
const USUAL_LIMIT = 6;

export function TransferCard({ settings }: { readonly settings: AppSettings }) {
  const text = useText();
  const { save } = useSettings.getState();
  const current = String(settings.concurrency);
  return (
    <Card title={text('settings.transfer')} note={text('settings.transferNote')}>
      <SettingRow name={text('settings.uploads')} text={text('settings.uploadsText')}>
        <Select
          aria-label={text('settings.uploads')}
          w={110}
          data={UPLOADS.includes(current) ? UPLOADS : [current, ...UPLOADS]}
          value={current}
          onChange={(value) => void save({ concurrency: Number(value ?? current) })}
        />
      </SettingRow>
      <RateRow settings={settings} />
      <SettingRow name={text('settings.verify')} text={text('settings.verifyText')}>
        <Switch
          aria-label={text('settings.verify')}
          checked={settings.verifyAfterImport}
          onChange={({ currentTarget }) => void save({ verifyAfterImport: currentTarget.checked })}
        />
      </SettingRow>
    </Card>
  );
}

function RateRow({ settings }: { readonly settings: AppSettings }) {
  const text = useText();
  const { save } = useSettings.getState();
  const limited = settings.limitRate > 0;
  const [typed, setTyped] = useState<string | number>(limited ? settings.limitRate / MB : USUAL_LIMIT);
  const commit = (): void => {
    const value = Number(typed);
    if (limited && value > 0) void save({ limitRate: Math.round(value * MB) });
  };
  return (
    <SettingRow name={text('settings.rate')} text={text('settings.rateText')}>
      <Switch
        aria-label={text('settings.rate')}
        checked={limited}
        onChange={({ currentTarget }) =>
          void save({ limitRate: currentTarget.checked ? Math.round(Number(typed) * MB) : 0 })
        }
      />
      <NumberInput
        aria-label={text('settings.rateUnit')}
        w={120}
        min={0.1}
        max={10_000}
        step={1}
        suffix=" MB/s"
        disabled={!limited}
        value={typed}
        onChange={setTyped}
        onBlur={commit}
        onKeyDown={({ key }) => {
          if (key === 'Enter') commit();
        }}
      />
    </SettingRow>
  );
}
