// A button that copies a text and confirms it.
import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useText } from '../i18n/i18n.js';
import { IconCheck, IconCopy } from './icons.js';

export function CopyButton({ value, label }: { readonly value: string; readonly label?: string }) {
  const text = useText();
  const { copy, copied } = useClipboard({ timeout: 2000 });
  return (
    <Button
      size="compact-xs"
      flex="none"
      leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      onClick={() => copy(value)}
    >
      <span aria-live="polite">{copied ? text('action.copied') : (label ?? text('action.copy'))}</span>
    </Button>
  );
}
