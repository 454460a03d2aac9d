// Keeps the place of someone who works by keyboard: closing a dialog leads back to what opened it.
import { useEffect } from 'react';

/**
 * Gives the focus back to the element that had it before, as soon as the calling component is removed.
 * Mantine's own return needs a dialog that stays mounted, and fails where the dialog is closed before it took the focus.
 */
export function useFocusBack(): void {
  useEffect(() => {
    const opener = document.activeElement;
    return () => {
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, []);
}
