// A dialog over the screen. It exists while it is open, and leads back to what opened it.
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/i18n.js';
import { useFocusBack } from './use-focus-back.js';

interface DialogProps {
  readonly title: string;
  /** A size of Mantine, or a width in pixels; medium where none is given. */
  readonly size?: 'md' | 'lg' | number;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Dialog({ title, size = 'md', onClose, children }: DialogProps) {
  const text = useText();
  useFocusBack();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      returnFocus={false}
      closeButtonProps={{ 'aria-label': text('action.close') }}
    >
      {children}
    </Modal>
  );
}
