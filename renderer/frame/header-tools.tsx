// The tools at the right of every header: command palette, language, theme.
import { Menu } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { LANGUAGES, useFormat, useText } from '../i18n/i18n.js';
import { IconLanguage, IconMoon, IconSearch, IconSun } from '../parts/icons.js';
import { useSettings } from '../stores/settings.js';
import css from './frame.module.css';

export function HeaderTools() {
  const text = useText();
  const { language } = useFormat();
  const { settings, save } = useSettings();
  const theme = settings?.theme ?? 'system';
  return (
    <>
      <button type="button" className={css.find} onClick={() => spotlight.open()}>
        <IconSearch size={14} />
        <span>{text('palette.open')}</span>
        <kbd className={css.key}>Ctrl K</kbd>
      </button>
      <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <button
            type="button"
            className={css.tool}
            aria-label={text('frame.language')}
            title={text('frame.language')}
          >
            <IconLanguage size={16} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {(['en', 'zh-CN'] as const).map((each) => (
            <Menu.Item
              key={each}
              lang={each}
              aria-current={language === each}
              onClick={() => void save({ language: each })}
            >
              {LANGUAGES[each]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <button
            type="button"
            className={css.tool}
            aria-label={text('frame.theme')}
            title={text('frame.theme')}
          >
            {theme === 'dark' ? <IconMoon size={16} /> : <IconSun size={16} />}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item aria-current={theme === 'system'} onClick={() => void save({ theme: 'system' })}>
            {text('settings.theme.system')}
          </Menu.Item>
          <Menu.Item aria-current={theme === 'light'} onClick={() => void save({ theme: 'light' })}>
            {text('settings.theme.light')}
          </Menu.Item>
          <Menu.Item aria-current={theme === 'dark'} onClick={() => void save({ theme: 'dark' })}>
            {text('settings.theme.dark')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
