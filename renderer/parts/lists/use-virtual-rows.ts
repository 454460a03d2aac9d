// Which rows of a table are drawn: all of a short one; of a long one those that can be seen, with space for the others.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { LONG } from './long-list.js';

export interface VirtualRows<E extends HTMLElement> {
  /** For the element whose rows these are. */
  readonly table: RefObject<E | null>;
  /** Numbers of the rows that are drawn. */
  readonly rows: readonly number[];
  /** Pixels of the rows before and after them. */
  readonly before: number;
  readonly after: number;
}

/** `rowHeight` in pixels. The table scrolls inside its nearest parent that scrolls. */
export function useVirtualRows<E extends HTMLElement>(count: number, rowHeight: number): VirtualRows<E> {
  const table = useRef<E>(null);
  const [margin, setMargin] = useState(0);
  const isLong = count > LONG;
  useLayoutEffect(() => {
    if (isLong) setMargin(offsetOf(table.current));
  });
  const virtual = useVirtualizer({
    count,
    enabled: isLong,
    getScrollElement: () => scrollerOf(table.current),
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: margin,
  });
  if (!isLong) return { table, rows: Array.from({ length: count }, (_, at) => at), before: 0, after: 0 };
  const drawn = virtual.getVirtualItems();
  return {
    table,
    rows: drawn.map(({ index }) => index),
    before: (drawn[0]?.start ?? margin) - margin,
    after: virtual.getTotalSize() - ((drawn.at(-1)?.end ?? margin) - margin),
  };
}

function scrollerOf(element: HTMLElement | null): HTMLElement | null {
  const parent = element?.parentElement ?? null;
  if (parent === null || /auto|scroll/.test(getComputedStyle(parent).overflowY)) return parent;
  return scrollerOf(parent);
}

/** Pixels from the begin of what scrolls to the table. */
function offsetOf(table: HTMLElement | null): number {
  const scroller = scrollerOf(table);
  if (table === null || scroller === null) return 0;
  return Math.round(
    table.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop,
  );
}
