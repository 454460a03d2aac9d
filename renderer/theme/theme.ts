// Mantine with the window's own tokens: every colour comes from tokens.css, so that both themes have one source.
import {
  Button,
  Checkbox,
  createTheme,
  Drawer,
  Menu,
  Modal,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Select,
  Switch,
  TextInput,
  Textarea,
  Tooltip,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';
import controls from './controls.module.css';

const teal: MantineColorsTuple = [
  '#e2f1f4',
  '#c5e2e8',
  '#9ccdd7',
  '#5fc3d6',
  '#38a3b8',
  '#1d8398',
  '#0b6478',
  '#09515f',
  '#073f4b',
  '#052d36',
];

const fieldClasses = {
  input: controls.input,
  label: controls.label,
  description: controls.description,
  error: controls.error,
};
const input = { defaultProps: { size: 'xs' }, classNames: fieldClasses };

/** Removes the role of a dialog's header element, which would count as a second header of the page. */
const noSecondBanner = { header: { role: 'presentation' } };

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 6, dark: 3 },
  colors: { teal },
  fontFamily: 'var(--ab-sans)',
  fontFamilyMonospace: 'var(--ab-mono)',
  fontSizes: { xs: '12.5px', sm: '13px', md: '13px' },
  lineHeights: { xs: '19px', sm: '19px', md: '19px' },
  radius: { xs: '4px', sm: '6px', md: '8px' },
  defaultRadius: 'sm',
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { variant: 'default', size: 'sm' },
      classNames: { root: controls.button, section: controls.buttonSection },
    }),
    Checkbox: Checkbox.extend({ defaultProps: { size: 'xs' }, classNames: { input: controls.checkbox } }),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { size: 'xs', withItemsBorders: false },
      classNames: {
        root: controls.segments,
        label: controls.segment,
        indicator: controls.segmentMark,
        control: controls.segmentControl,
      },
    }),
    TextInput: TextInput.extend(input),
    PasswordInput: PasswordInput.extend({
      defaultProps: { size: 'xs' },
      classNames: fieldClasses,
    }),
    NumberInput: NumberInput.extend(input),
    Textarea: Textarea.extend(input),
    Select: Select.extend({
      ...input,
      // The options of a closed list are not drawn: a list of charts has a hundred.
      defaultProps: {
        size: 'xs',
        allowDeselect: false,
        comboboxProps: { withinPortal: false, keepMounted: false },
      },
    }),
    Switch: Switch.extend({
      defaultProps: { size: 'sm' },
      classNames: { track: controls.switchTrack, thumb: controls.switchThumb },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 350, withArrow: false, multiline: true, maw: 420 },
      classNames: { tooltip: controls.tooltip },
    }),
    // Menus are rendered next to their button, so that they lie in a landmark; the first item gets the focus.
    Menu: Menu.extend({ defaultProps: { withinPortal: false, withInitialFocusPlaceholder: false } }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        radius: 'md',
        padding: 18,
        transitionProps: { duration: 0 },
        attributes: noSecondBanner,
      },
      classNames: { title: controls.dialogTitle, overlay: controls.scrim },
    }),
    Drawer: Drawer.extend({
      defaultProps: { position: 'right', transitionProps: { duration: 0 }, attributes: noSecondBanner },
      classNames: { overlay: controls.scrim },
    }),
  },
});

const variables = {
  '--mantine-color-body': 'var(--ab-surface)',
  '--mantine-color-text': 'var(--ab-text)',
  '--mantine-color-dimmed': 'var(--ab-muted)',
  '--mantine-color-placeholder': 'var(--ab-faint)',
  '--mantine-color-default': 'var(--ab-surface)',
  '--mantine-color-default-hover': 'var(--ab-raised)',
  '--mantine-color-default-color': 'var(--ab-text)',
  '--mantine-color-default-border': 'var(--ab-line-strong)',
  '--mantine-color-anchor': 'var(--ab-accent)',
  '--mantine-color-error': 'var(--ab-error)',
  '--mantine-primary-color-filled': 'var(--ab-accent)',
  '--mantine-primary-color-filled-hover': 'var(--ab-accent-hover)',
  '--mantine-primary-color-contrast': 'var(--ab-on-accent)',
  '--mantine-primary-color-light': 'var(--ab-accent-soft)',
  '--mantine-primary-color-light-color': 'var(--ab-accent)',
  '--mantine-color-teal-light': 'var(--ab-accent-soft)',
  '--mantine-color-teal-light-hover': 'var(--ab-accent-soft)',
  '--mantine-color-teal-light-color': 'var(--ab-accent)',
  '--mantine-color-teal-filled': 'var(--ab-accent)',
  '--mantine-color-teal-filled-hover': 'var(--ab-accent-hover)',
};

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: variables,
  // The greys that Mantine's lists, menus and notices have in its dark scheme.
  dark: {
    ...variables,
    '--mantine-color-dark-4': 'var(--ab-line-strong)',
    '--mantine-color-dark-6': 'var(--ab-surface)',
  },
});
