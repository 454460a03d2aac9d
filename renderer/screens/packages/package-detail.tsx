// Everything that is known of the focused package: facts, notes to read before the import, charts.
import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import type { InventoryPackage } from '../../../core/contract.js';
import { percent, shortDigest } from '../../format.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import card from '../../parts/card.module.css';
import { classes } from '../../parts/classes.js';
import { CopyButton } from '../../parts/copy-button.js';
import { ErrorCard } from '../../parts/error-card.js';
import { Facts, type Fact } from '../../parts/facts.js';
import { LongList } from '../../parts/lists/long-list.js';
import { SourceTile } from '../../parts/source-tile.js';
import { SpanBar } from '../../parts/span-bar.js';
import { hasRest, isEmpty, ruinOf, tileOf, type KnownPackage } from '../../stores/packages/package-list.js';
import { packageFacts } from '../../stores/packages/package-name.js';
import { usePackages } from '../../stores/packages/packages.js';
import { platformName } from '../../stores/platform-name.js';
import { ChecksumStatus } from './checksum-status.js';
import { PackageNotes } from './package-notes.js';
import css from './packages.module.css';

const CHARTS_AT_FIRST = 8;

export function PackageDetail({
  known,
  onChooseFiles,
}: {
  readonly known: KnownPackage;
  readonly onChooseFiles: () => void;
}) {
  const text = useText();
  const id = useId();
  const chosenAt = usePackages((state) => state.chosen.indexOf(known.path));
  const { label, version, arch } = packageFacts(known.name, known.inventory);
  const tile = tileOf(chosenAt);
  const name = `${label} ${version}`.trim();
  const ruin = ruinOf(known);
  return (
    <section
      className={classes(card.card, css.detail)}
      aria-labelledby={id}
      tabIndex={-1}
      data-package-detail
    >
      <div className={card.head}>
        {chosenAt >= 0 && <SourceTile tile={tile} name={text('tile.package', { tile, name: known.name })} />}
        <h2 id={id} className="cut" title={known.name}>
          {arch === '' ? name : text('packages.nameFor', { name, platform: `linux/${arch}` })}
        </h2>
      </div>
      <div className={css.detailBody}>
        <PackageFactList known={known} />
        {known.reading !== null && <Reading known={known} />}
        {known.gone && <p className="small">{text('packages.goneText')}</p>}
        {isEmpty(known) && ruin === null && (
          <div role="alert">
            <p className="small">
              <b>{text('packages.noContents')}.</b> {text('packages.noContentsText')}
            </p>
            <Button size="xs" mt={8} onClick={onChooseFiles}>
              {text('packages.otherCopy')}
            </Button>
          </div>
        )}
        {known.queued && <p className="muted small">{text('packages.queuedText')}</p>}
        {ruin !== null && (
          <ErrorCard
            problem={ruin}
            alert
            actions={
              <>
                <Button size="xs" onClick={onChooseFiles}>
                  {text('packages.otherCopy')}
                </Button>
                <Button size="xs" onClick={() => usePackages.getState().read(known.path, true)}>
                  {text('packages.readAgain')}
                </Button>
              </>
            }
          />
        )}
        {hasRest(known) && <Rest known={known} />}
        {known.inventory !== null && (
          <>
            <PackageNotes inventory={known.inventory} except={ruin} />
            <Charts inventory={known.inventory} />
          </>
        )}
        {known.inventory === null && known.reading === null && ruin === null && !known.queued && (
          <div>
            <p className="muted small">{text('packages.notRead')}</p>
            <Button size="xs" mt={8} onClick={() => usePackages.getState().read(known.path)}>
              {text('packages.readNow')}
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}

/** What of a damaged package was read whole, and the button that chooses it. */
function Rest({ known }: { readonly known: KnownPackage }) {
  const text = useText();
  const whole = known.inventory?.images.filter(({ problem }) => problem === null).length ?? 0;
  return (
    <div>
      <p className="small">{text(known.takesRest ? 'packages.restTaken' : 'packages.restText', { whole })}</p>
      {!known.takesRest && (
        <Button size="xs" mt={8} onClick={() => usePackages.getState().takeRest(known.path)}>
          {text('packages.takeRest')}
        </Button>
      )}
    </div>
  );
}

function PackageFactList({ known }: { readonly known: KnownPackage }) {
  const text = useText();
  const format = useFormat();
  const { inventory } = known;
  const size: Fact = [text('packages.fact.size'), known.bytes > 0 ? format.bytes(known.bytes) : ''];
  // A package that ends before its first chart and image has nothing more to show.
  if (inventory === null || inventory.charts.length + inventory.images.length === 0)
    return <Facts facts={known.bytes > 0 ? [size] : []} />;
  const wrong = inventory.images.filter(({ mislabelled }) => mislabelled).length;
  const folders = [...new Set(inventory.charts.map(({ repo }) => repo).filter((repo) => repo !== ''))];
  const platforms = [...new Set(inventory.images.map(platformName))].sort();
  const built = inventory.images.reduce(
    (latest, { created }) => (created !== null && created > latest ? created : latest),
    '',
  );
  const images = { count: inventory.images.length, mislabelled: wrong };
  const facts: readonly Fact[] = [
    [text('packages.fact.layout'), folders.length > 0 ? format.list(folders) : text('packages.fact.bundle')],
    [text('packages.fact.charts'), format.count(inventory.charts.length)],
    [
      text('packages.fact.images'),
      wrong > 0 ? text('packages.fact.imagesMislabelled', images) : format.count(images.count),
    ],
    [
      text('packages.fact.platforms'),
      <span className="mono" key="platforms">
        {format.list(platforms)}
      </span>,
    ],
    ...(built === '' ? [] : [[text('packages.fact.built'), format.date(built)] as const]),
    size,
    [text('packages.fact.unpacked'), format.bytes(inventory.blobBytes)],
    ['SHA-512', <Checksum key="sha512" known={known} />],
    ...(ruinOf(known) === null
      ? [
          [
            text('packages.fact.inventory'),
            inventory.cached ? text('packages.fact.cached') : text('packages.fact.complete'),
          ] as const,
        ]
      : []),
  ];
  return <Facts facts={facts} />;
}

function Checksum({ known }: { readonly known: KnownPackage }) {
  const text = useText();
  const sha512 = known.inventory?.sha512 ?? null;
  return (
    <>
      <ChecksumStatus of={known} />
      {sha512 !== null && (
        <div className={css.name}>
          <span className="mono muted" title={sha512}>
            {shortDigest(sha512)}
          </span>
          <CopyButton value={`${sha512}  ${known.name}`} label={text('action.copy')} />
        </div>
      )}
    </>
  );
}

function Reading({ known: { reading } }: { readonly known: KnownPackage }) {
  const text = useText();
  const format = useFormat();
  const { bytesRead, bytesTotal, startedAt } = reading ?? { bytesRead: 0, bytesTotal: 0, startedAt: 0 };
  const done = percent(bytesRead, bytesTotal);
  const passed = Math.max(0, Date.now() - startedAt) / 1000;
  const places = {
    done: format.bytes(bytesRead),
    total: format.bytes(bytesTotal),
    passed: format.duration(passed),
  };
  // Too early an estimate would jump.
  const label =
    passed < 5 || bytesRead === 0
      ? text('packages.readingBegun', places)
      : text('packages.readingTime', {
          ...places,
          left: format.duration((passed / bytesRead) * (bytesTotal - bytesRead)),
        });
  return (
    <div>
      <SpanBar spans={[{ part: done / 100, look: 'accent' }]} label={label} progress={done} />
      <p className="small num muted">{label}</p>
      <p className="small muted">{text('packages.readingNote')}</p>
      <Button size="xs" mt={8} onClick={() => usePackages.getState().stopReading()}>
        {text('packages.stopReading')}
      </Button>
    </div>
  );
}

function Charts({ inventory }: { readonly inventory: InventoryPackage }) {
  const text = useText();
  const [all, setAll] = useState(false);
  const { charts } = inventory;
  if (charts.length === 0) return null;
  const shown = all ? charts : charts.slice(0, CHARTS_AT_FIRST);
  return (
    <div>
      <h3 className={css.section}>{text('packages.charts')}</h3>
      <LongList
        items={shown}
        keyOf={({ repo, name, version }) => `${repo}/${name}@${version}`}
        label={text('packages.charts')}
        rowHeight={24}
      >
        {({ name, version, images }) => (
          <div className={css.chart}>
            <span className="cut" title={name}>
              {name}
            </span>
            <span className="mono muted">{version}</span>
            <span className="end small muted num">
              {text('packages.chartImages', { count: images.length })}
            </span>
          </div>
        )}
      </LongList>
      {charts.length > CHARTS_AT_FIRST && (
        <Button
          variant="subtle"
          size="compact-xs"
          mt={6}
          px={0}
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all ? text('packages.fewerCharts') : text('packages.allCharts', { count: charts.length })}
        </Button>
      )}
    </div>
  );
}
