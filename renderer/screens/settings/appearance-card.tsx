// Language and theme.
import { SegmentedControl } from '@mantine/core';
import type { AppSettings } from '../../../core/contract.js';
import { LANGUAGES, useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { useSettings } from '../../stores/settings.js';
import { SettingRow } from './setting-row.js';

const LANGUAGE_CHOICES: readonly AppSettings['language'][] = ['system', 'en', 'zh-CN'];
const THEME_CHOICES: readonly AppSettings['theme'][] = ['system', 'light', 'dark'];

export function AppearanceCard({ settings }: { readonly settings: AppSettings }) {
  const text = useText();
  const { save } = useSettings.getState();
  return (
    <Card title={text('settings.appearance')}>
      <SettingRow name={text('frame.language')} text="语言 / Language">
        <SegmentedControl
          aria-label={text('frame.language')}
          value={settings.language}
          data={[
            { value: 'system', label: text('settings.theme.system') },
            { value: 'en', label: LANGUAGES.en },
            { value: 'zh-CN', label: LANGUAGES['zh-CN'] },
          ]}
          onChange={(value) =>
            void save({ language: LANGUAGE_CHOICES.find((one) => one === value) ?? 'system' })
          }
        />
      </SettingRow>
      <SettingRow name={text('frame.theme')} text={text('settings.motion')}>
        <SegmentedControl
          aria-label={text('frame.theme')}
          value={settings.theme}
          data={[
            { value: 'system', label: text('settings.theme.system') },
            { value: 'light', label: text('settings.theme.light') },
            { value: 'dark', label: text('settings.theme.dark') },
          ]}
          onChange={(value) => void save({ theme: THEME_CHOICES.find((one) => one === value) ?? 'system' })}
        />
      </SettingRow>
    </Card>
  );
}
