// The list becomes lower when the summary appears above it, or with its window: the row that the keyboard is at stays visible then.
import { useLayoutEffect, useRef, type RefObject } from 'react';

/** Pixels of a row inside of what scrolls. */
export interface RowPlace {
  readonly top: number;
  readonly height: number;
}

/** Pixels: a window that is zoomed scrolls by parts of a pixel, while heights are rounded. */
const ROUNDING = 1;

/**
 * Calls `reveal` each time that the height of `scroll` changed and cuts the row off, unless the row was scrolled out of sight before.
 *
 * A row that the keyboard has just come to belongs to what is visible, whatever the height of `scroll` was then: the height may have
 * changed without the observer having heard of it yet.
 */
export function useRowInView(scroll: RefObject<HTMLElement | null>, row: RowPlace, reveal: () => void): void {
  const latest = useRef({ row, reveal });
  const isKept = useRef(true);
  useLayoutEffect(() => {
    latest.current = { row, reveal };
  });
  useLayoutEffect(() => {
    isKept.current = true;
  }, [row.top]);
  useLayoutEffect(() => {
    const element = scroll.current;
    if (element === null) return undefined;
    let height = element.clientHeight;
    const isVisible = (): boolean => {
      const { top, height: ofRow } = latest.current.row;
      const start = top - element.scrollTop;
      return start >= -ROUNDING && start + ofRow <= element.clientHeight + ROUNDING;
    };
    const onScroll = (): void => {
      if (element.clientHeight === height) isKept.current = isVisible();
    };
    const watch = new ResizeObserver(() => {
      height = element.clientHeight;
      if (isKept.current && !isVisible()) latest.current.reveal();
    });
    element.addEventListener('scroll', onScroll, { passive: true });
    watch.observe(element);
    return () => {
      element.removeEventListener('scroll', onScroll);
      watch.disconnect();
    };
  }, [scroll]);
}
