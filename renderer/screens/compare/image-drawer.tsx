// One image in detail: what each package and the target hold of it, where they differ, and what the tag will hold.
import { Drawer, SegmentedControl } from '@mantine/core';
import type { Coverage, CoverageImage } from '../../../core/contract.js';
import { useText, type TextKey } from '../../i18n/i18n.js';
import { ErrorCard } from '../../parts/error-card.js';
import { reasonWords } from '../../parts/reason-words.js';
import { CELL_STATES } from '../../parts/status-words.js';
import { Status } from '../../parts/status.js';
import { useCompare } from '../../stores/compare/compare.js';
import { imageKey } from '../../stores/plan/plan-decisions.js';
import { usePlan } from '../../stores/plan/plan.js';
import css from './compare.module.css';
import { ImageVariants } from './image-variants.js';

export function ImageDrawer({ coverage }: { readonly coverage: Coverage }) {
  const text = useText();
  const { opened, close } = useCompare();
  return (
    <Drawer
      opened={opened !== null}
      onClose={close}
      position="right"
      size={820}
      title={<span className="mono">{opened?.image.source ?? ''}</span>}
      closeButtonProps={{ 'aria-label': text('action.close') }}
    >
      {opened && (
        <div className={css.drawer}>
          <ImageFacts image={opened.image} platform={opened.platform} />
          {opened.problem !== null && <ErrorCard problem={opened.problem} alert />}
          {opened.detail === null && opened.problem === null && (
            <p className="muted">{text('compare.reading')}</p>
          )}
          {opened.detail !== null && <ImageVariants detail={opened.detail} />}
          <AfterImport image={opened.image} platforms={coverage.platforms} />
        </div>
      )}
    </Drawer>
  );
}

const CHOICES: readonly (readonly ['keep' | 'replace' | 'stop', TextKey])[] = [
  ['keep', 'plan.keep'],
  ['replace', 'plan.replace'],
  ['stop', 'plan.stop'],
];

function ImageFacts({ image, platform }: { readonly image: CoverageImage; readonly platform: string }) {
  const text = useText();
  const cell = image.cells[platform];
  const key = imageKey({ target: image.target, platform });
  const decision = usePlan((state) => state.decisions[key]) ?? 'keep';
  if (!cell) return null;
  const words = reasonWords(cell.reason);
  return (
    <>
      <p className={css.drawerHead}>
        <span className="mono">{platform}</span>
        <Status of={CELL_STATES[cell.state]} chip />
        {words !== null && <span>{text(words)}</span>}
        {cell.stale && <span className="muted">{text('compare.staleText', { version: cell.version })}</span>}
      </p>
      {image.target !== '' && (
        <p className="small muted">
          {text('compare.inTarget')} <span className="mono">{image.target}</span>
        </p>
      )}
      {cell.state === 'conflict' && (
        <SegmentedControl
          value={decision}
          aria-label={text('compare.choice')}
          onChange={(value) => {
            const chosen = CHOICES.find(([id]) => id === value);
            if (chosen) usePlan.getState().decide([key], chosen[0]);
          }}
          data={CHOICES.map(([id, label]) => ({ value: id, label: text(label) }))}
        />
      )}
    </>
  );
}

function AfterImport({
  image,
  platforms,
}: {
  readonly image: CoverageImage;
  readonly platforms: readonly string[];
}) {
  const text = useText();
  return (
    <section className={css.after}>
      <h3>{text('compare.afterImport')}</h3>
      <ul>
        {platforms
          .filter((platform) => image.after.includes(platform))
          .map((platform) => (
            <li key={platform}>
              <span className="mono">{platform}</span>{' '}
              <span className="small muted">
                {image.cells[platform]?.from === 'target'
                  ? text('compare.staysAsIs')
                  : (image.cells[platform]?.from ?? '')}
              </span>
            </li>
          ))}
      </ul>
      <p className="small muted">{text('compare.noneLost')}</p>
    </section>
  );
}
