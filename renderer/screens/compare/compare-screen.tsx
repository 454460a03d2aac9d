// The screen Compare: what will happen to every image on every platform. Nothing has been written yet.
import { Button } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Coverage } from '../../../core/contract.js';
import { LockedScreen } from '../../frame/locked-screen.js';
import { Consequence, Screen } from '../../frame/screen.js';
import { TargetSwitch } from '../../frame/target-switch.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorCard } from '../../parts/error-card.js';
import { IconAlertTriangle, IconCheck, IconChevronRight, IconClock, IconRefresh } from '../../parts/icons.js';
import { SpanBar } from '../../parts/span-bar.js';
import { useApp } from '../../stores/app.js';
import { useCompare } from '../../stores/compare/compare.js';
import { compareFigures } from '../../stores/compare/compare-figures.js';
import { decidedImages } from '../../stores/compare/decided-cells.js';
import { countsOf } from '../../stores/compare/compare-rows.js';
import { usePackages } from '../../stores/packages/packages.js';
import { usePlan } from '../../stores/plan/plan.js';
import { useTarget } from '../../stores/target/target.js';
import { CompareMatrix } from './compare-matrix.js';
import { CompareToolbar } from './compare-toolbar.js';
import css from './compare.module.css';
import { CoverageCards } from './coverage-cards.js';
import { CoveragePicture } from './coverage-picture.js';
import { ImageDrawer } from './drawer/image-drawer.js';
import { ExportMenu } from './export-menu.js';
import { TileLegend } from './tile-legend.js';

export function CompareScreen() {
  const ready = usePackages(({ chosen }) => chosen.length > 0);
  const target = useTarget(({ current }) => current !== null);
  return ready && target ? <Comparison /> : <LockedScreen step="compare" />;
}

function Comparison() {
  const text = useText();
  const { coverage, arriving, problem, load } = useCompare(
    useShallow((state) => ({
      coverage: state.coverage,
      arriving: state.arriving,
      problem: state.problem,
      load: state.load,
    })),
  );
  const isLoading = useCompare(({ loading }) => loading !== null);
  const target = useTarget(({ current }) => current?.id);
  const [begun, setBegun] = useState(false);
  useEffect(() => {
    const { coverage: made, loading: making } = useCompare.getState();
    if (made === null && making === null) void load();
    setBegun(true);
  }, [load, target]);
  const shown = coverage ?? arriving;
  return (
    <Screen title={text('compare.title')} purpose={text('compare.purpose')} still footer={<CompareFooter />}>
      <div className={css.page}>
        <TargetSwitch label={text('compare.with')} />
        {problem !== null && (
          <ErrorCard
            problem={problem}
            alert
            actions={
              <Button
                size="xs"
                leftSection={<IconRefresh size={14} />}
                onClick={() => void load({ fresh: true })}
              >
                {text('compare.again')}
              </Button>
            }
          />
        )}
        {shown === null && isLoading && <Loading />}
        {begun && shown === null && !isLoading && problem === null && <Dropped again={() => void load()} />}
        {shown !== null && (
          <>
            {coverage === null ? <Arriving /> : <Summary coverage={coverage} />}
            <CompareToolbar coverage={shown} />
            <CompareMatrix coverage={shown} arriving={coverage === null} />
            {coverage !== null && <ImageDrawer coverage={coverage} />}
          </>
        )}
      </div>
    </Screen>
  );
}

/** Above the rows once all tags were read. */
function Summary({ coverage }: { readonly coverage: Coverage }) {
  return (
    <>
      <CoverageCards coverage={coverage} />
      {coverage.problems.map((one) => (
        <ErrorCard key={`${one.code} ${one.message}`} problem={one} />
      ))}
      <CoveragePicture coverage={coverage} />
    </>
  );
}

function Loading() {
  const text = useText();
  const loading = useCompare((state) => state.loading);
  const known = loading !== null && loading.total > 0;
  return (
    <EmptyState
      icon={IconClock}
      title={
        known ? text('compare.read', { done: loading.done, count: loading.total }) : text('compare.reading')
      }
      text={text('compare.readingText')}
    />
  );
}

/** Above the rows while their tags are being read. */
function Arriving() {
  const text = useText();
  const loading = useCompare((state) => state.loading);
  const { done, total } = loading ?? { done: 0, total: 0 };
  return (
    <section className={css.arriving}>
      <IconClock size={16} />
      <span>{total > 0 ? text('compare.read', { done, count: total }) : text('compare.reading')}</span>
      <div className={css.arrivingBar}>
        <SpanBar
          label={text('compare.read', { done, count: total })}
          spans={[{ part: total > 0 ? done / total : 0, look: 'accent' }]}
        />
      </div>
    </section>
  );
}

/** Shown where the comparison was dropped while its screen was open. */
function Dropped({ again }: { readonly again: () => void }) {
  const text = useText();
  return (
    <EmptyState
      icon={IconRefresh}
      title={text('compare.dropped')}
      text={text('compare.droppedText')}
      actions={<Button onClick={again}>{text('compare.again')}</Button>}
    />
  );
}

function CompareFooter() {
  const text = useText();
  const format = useFormat();
  const coverage = useCompare((state) => state.coverage);
  const failed = useCompare(({ problem, loading }) => problem !== null && loading === null);
  const show = useApp((state) => state.show);
  const counts = useMemo(() => coverage && countsOf(coverage), [coverage]);
  const decisions = usePlan((state) => state.decisions);
  const skippedCharts = useTarget(({ current }) => current?.skippedCharts);
  const figures = useMemo(
    () => coverage && compareFigures(coverage, { decisions, skippedCharts: skippedCharts ?? [] }),
    [coverage, decisions, skippedCharts],
  );
  if (coverage === null || counts === null || figures === null)
    return (
      <Consequence
        mark={failed ? <IconAlertTriangle size={18} /> : <IconClock size={18} />}
        title={text(failed ? 'compare.footerFailed' : 'compare.reading')}
        text={text('compare.onlyReads')}
      >
        <Button disabled rightSection={<IconChevronRight size={14} />}>
          {text('compare.review')}
        </Button>
      </Consequence>
    );
  const conflicts = decidedImages(coverage, decisions).filter(({ cells }) =>
    Object.values(cells).some(({ state }) => state === 'conflict'),
  ).length;
  const { tags, bytesToSend } = figures;
  const nothing = tags === 0 && counts.changes === 0;
  return (
    <Consequence
      mark={nothing ? <IconCheck size={18} /> : <TileLegend />}
      title={
        nothing
          ? text('compare.nothing')
          : text('compare.changes', {
              count: tags,
              bytes: format.bytes(bytesToSend),
            })
      }
      text={conflicts > 0 ? text('compare.conflicts', { count: conflicts }) : text('compare.onlyReads')}
    >
      <ExportMenu coverage={coverage} />
      <Button variant="filled" rightSection={<IconChevronRight size={14} />} onClick={() => show('plan')}>
        {text('compare.review')}
      </Button>
    </Consequence>
  );
}
