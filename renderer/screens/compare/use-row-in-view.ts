// The list becomes lower when the summary appears above it, or with its window: the row that the keyboard is at stays visible then.
import { useLayoutEffect, useRef, type RefObject } from 'react';

/** Pixels of a row inside of what scrolls. */
export interface RowPlace {
  readonly top: number;
  readonly height: number;
}

/** Calls `reveal` each time that `scroll` became lower and no longer shows the whole of a row that it showed before. */
export function useRowInView(scroll: RefObject<HTMLElement | null>, row: RowPlace, reveal: () => void): void {
  const latest = useRef({ row, reveal });
  useLayoutEffect(() => {
    latest.current = { row, reveal };
  });
  useLayoutEffect(() => {
    const element = scroll.current;
    if (element === null) return undefined;
    let before = element.clientHeight;
    const watch = new ResizeObserver(() => {
      const { row: at, reveal: show } = latest.current;
      const end = at.top + at.height - element.scrollTop;
      const isCut = end <= before && end > element.clientHeight;
      before = element.clientHeight;
      if (isCut) show();
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [scroll]);
}
