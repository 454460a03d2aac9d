// Ctrl K: lists every screen, every switch and the actions of the current screen, and finds them by typing.
import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { useMemo } from 'react';
import { LANGUAGES, useText, type TextKey } from '../i18n/i18n.js';
import { IconSearch } from '../parts/icons.js';
import controls from '../theme/controls.module.css';
import { useApp, type Command } from '../stores/app.js';
import { useSettings } from '../stores/settings.js';
import css from './frame.module.css';
import { STEP_TITLES } from './step-titles.js';
import { useSteps } from './use-steps.js';

export function CommandPalette() {
  const text = useText();
  const steps = useSteps();
  const commands = useApp((state) => state.commands);
  const actions = useMemo(() => {
    const { show } = useApp.getState();
    const { save } = useSettings.getState();
    const open = steps.filter(({ locked }) => !locked);
    const ofWindow: readonly Command[] = [
      ...open.map(({ id }) =>
        command(id, text('palette.go', { screen: text(STEP_TITLES[id]) }), () => show(id)),
      ),
      command('history', text('palette.go', { screen: text('frame.history') }), () => show('report')),
      command('settings', text('palette.go', { screen: text('settings.title') }), () => show('settings')),
      {
        ...command('help', text('palette.go', { screen: text('help.title') }), () => show('help')),
        keys: 'F1',
      },
      ...THEMES.map(([theme, key]) =>
        command(theme, text('palette.theme', { theme: text(key) }), () => void save({ theme })),
      ),
      command('en', LANGUAGES.en, () => void save({ language: 'en' })),
      command('zh-CN', LANGUAGES['zh-CN'], () => void save({ language: 'zh-CN' })),
    ];
    return [...commands, ...ofWindow].map(actionOf);
  }, [text, steps, commands]);
  return (
    <Spotlight
      actions={actions}
      attributes={{ content: { 'aria-label': text('palette.open') } }}
      shortcut="mod + K"
      highlightQuery
      scrollable
      maxHeight={420}
      overlayProps={{ blur: 0, className: controls.scrim ?? '' }}
      transitionProps={{ duration: 0 }}
      nothingFound={text('palette.nothing')}
      searchProps={{
        leftSection: <IconSearch size={16} />,
        classNames: { input: controls.paletteSearch ?? '' },
        placeholder: text('palette.open'),
        'aria-label': text('palette.open'),
      }}
    />
  );
}

const THEMES: readonly (readonly ['light' | 'dark' | 'system', TextKey])[] = [
  ['light', 'settings.theme.light'],
  ['dark', 'settings.theme.dark'],
  ['system', 'settings.theme.system'],
];

function command(id: string, label: string, run: () => void): Command {
  return { id, label, run };
}

function actionOf({ id, label, description, keys, run }: Command): SpotlightActionData {
  return {
    id,
    label,
    ...(description === undefined ? {} : { description }),
    ...(keys === undefined ? {} : { rightSection: <kbd className={css.key}>{keys}</kbd> }),
    onClick: run,
  };
}
