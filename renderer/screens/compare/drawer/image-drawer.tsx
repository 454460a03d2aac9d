// One image in detail: why it is treated as it is, what differs between its builds, the choice, and the tag after the import.
import { Drawer } from '@mantine/core';
import { useMemo } from 'react';
import type { Coverage } from '../../../../core/contract.js';
import { bytesByChart } from '../../../stores/compare/compare-figures.js';
import { useCompare, type OpenImage } from '../../../stores/compare/compare.js';
import { useFocusBack } from '../../../parts/dialog/use-focus-back.js';
import { usePlan } from '../../../stores/plan/plan.js';
import { DrawerBody } from './drawer-body.js';
import css from './drawer.module.css';
import { DrawerHead } from './drawer-head.js';
import { walkOf } from '../../../stores/compare/walk.js';

export function ImageDrawer({ coverage }: { readonly coverage: Coverage }) {
  const opened = useCompare((state) => state.opened);
  return opened && <OpenDrawer coverage={coverage} opened={opened} />;
}

interface OpenDrawerProps {
  readonly coverage: Coverage;
  readonly opened: OpenImage;
}

function OpenDrawer({ coverage, opened }: OpenDrawerProps) {
  const compare = useCompare();
  const { close, open } = compare;
  const decisions = usePlan((state) => state.decisions);
  const bytes = useMemo(() => bytesByChart(coverage, decisions), [coverage, decisions]);
  const walk = walkOf(coverage, { view: compare, bytes }, opened);
  useFocusBack();
  const go = (step: 1 | -1): void => {
    const next = walk.steps[walk.at + step];
    if (next) void open(next.image, next.platform);
  };
  return (
    <Drawer.Root opened onClose={close} returnFocus={false} position="right" size={820} padding={0}>
      <Drawer.Overlay />
      <Drawer.Content aria-label={opened.image.source}>
        <div
          className={css.drawer}
          onKeyDown={(event) => {
            if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement)
              return;
            if (event.key === 'j') go(1);
            if (event.key === 'k') go(-1);
          }}
        >
          <DrawerHead coverage={coverage} opened={opened} walk={walk} onGo={go} onClose={close} />
          <DrawerBody key={`${opened.image.source} ${opened.platform}`} coverage={coverage} opened={opened} />
        </div>
      </Drawer.Content>
    </Drawer.Root>
  );
}
