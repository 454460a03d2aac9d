// Files dropped anywhere on the window. A browser does not tell where they lie; the desktop does.
import { useEffect, useState } from 'react';
import { getBridge } from '../../bridge.js';

/**
 * `onPaths` gets where the dropped files lie, `onUnknown` is called when the host does not know.
 * Answers whether something is held over the window right now.
 */
export function useFileDrop(onPaths: (paths: readonly string[]) => void, onUnknown: () => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    window.addEventListener(
      'dragover',
      (event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'link';
        setOver(true);
      },
      { signal },
    );
    window.addEventListener(
      'dragleave',
      (event) => {
        // null: the pointer left the window, not one of its elements
        if (event.relatedTarget === null) setOver(false);
      },
      { signal },
    );
    window.addEventListener(
      'drop',
      (event) => {
        event.preventDefault();
        setOver(false);
        const files = [...(event.dataTransfer?.files ?? [])];
        const paths = files.map((file) => getBridge().pathOf(file)).filter((path) => path !== null);
        if (paths.length > 0) onPaths(paths);
        else if (files.length > 0) onUnknown();
      },
      { signal },
    );
    return () => ending.abort();
  }, [onPaths, onUnknown]);
  return over;
}
