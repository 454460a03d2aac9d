// The window: the rail on the left, the current screen on the right, with theme and keyboard shortcuts.
import { useMantineColorScheme } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import { useEffect, type ComponentType } from 'react';
import { CommandPalette } from './frame/command-palette.js';
import { HostLost } from './frame/host-lost.js';
import { ScreenBoundary } from './frame/screen-boundary.js';
import { Rail } from './frame/rail.js';
import css from './frame/frame.module.css';
import { CompareScreen } from './screens/compare/compare-screen.js';
import { HelpScreen } from './screens/help/help-screen.js';
import { PackagesScreen } from './screens/packages/packages-screen.js';
import { PlanScreen } from './screens/plan/plan-screen.js';
import { ReportScreen } from './screens/report/report-screen.js';
import { RunScreen } from './screens/run/run-screen.js';
import { SettingsScreen } from './screens/settings/settings-screen.js';
import { TargetsScreen } from './screens/targets/targets-screen.js';
import { useApp, type ScreenId } from './stores/app.js';
import { useSettings } from './stores/settings.js';

const SCREENS: Readonly<Record<ScreenId, ComponentType>> = {
  packages: PackagesScreen,
  target: TargetsScreen,
  compare: CompareScreen,
  plan: PlanScreen,
  run: RunScreen,
  report: ReportScreen,
  settings: SettingsScreen,
  help: HelpScreen,
};

export function App() {
  const shown = useApp(({ screen }) => screen);
  const Screen = SCREENS[shown];
  useThemeAsSet();
  useHotkeys([['F1', () => useApp.getState().show('help')]]);
  return (
    <div className={css.window}>
      <Rail />
      <div className={css.main}>
        <HostLost />
        {/* Notices have a place of their own above the screen, so that they never cover a button. */}
        <Notifications withinPortal={false} className={css.notices ?? ''} limit={2} />
        <ScreenBoundary key={shown}>
          <Screen />
        </ScreenBoundary>
      </div>
      <CommandPalette />
    </div>
  );
}

function useThemeAsSet(): void {
  const theme = useSettings(({ settings }) => settings?.theme);
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    if (theme !== undefined) setColorScheme(theme === 'system' ? 'auto' : theme);
  }, [theme, setColorScheme]);
}
