// Files dropped anywhere on the window. A browser does not report their paths, the desktop does.
import { useEffect, useState } from 'react';
import { getBridge } from '../../bridge.js';

/**
 * A hook. `onPaths` gets the paths of the dropped files; `onUnknown` is called when the host does not know them.
 * Returns true while something is dragged over the window.
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
        // A related target of null means that the pointer left the window, not one of its elements.
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
