// For each platform: on how many images it will run after the import and runs now; and the choice of the nodes' platforms.
import { Checkbox } from '@mantine/core';
import type { Coverage, PlatformSummary } from '../../../core/contract.js';
import { useText } from '../../i18n/i18n.js';
import { IconAlertTriangle, IconCheck } from '../../parts/icons.js';
import { SpanBar } from '../../parts/span-bar.js';
import { Toned } from '../../parts/status.js';
import { useCompare } from '../../stores/compare/compare.js';
import { useTarget } from '../../stores/target/target.js';
import css from './compare.module.css';

export function CoverageCards({ coverage }: { readonly coverage: Coverage }) {
  return (
    <section className={css.cards}>
      {coverage.platforms.map((platform) => {
        const summary = coverage.summary[platform];
        return summary ? (
          <PlatformCard
            key={platform}
            platform={platform}
            summary={summary}
            used={coverage.required.length === 0 ? null : coverage.required.includes(platform)}
          />
        ) : null;
      })}
      <NodePlatforms coverage={coverage} />
    </section>
  );
}

interface PlatformCardProps {
  readonly platform: string;
  readonly summary: PlatformSummary;
  /** Platforms of the nodes; null when the person named none. */
  readonly used: boolean | null;
}

function PlatformCard({ platform, summary, used }: PlatformCardProps) {
  const text = useText();
  const { present, now, stale, total } = summary;
  const part = (count: number): number => (total === 0 ? 0 : count / total);
  const kept = Math.min(now, present);
  const will = text('compare.willRun', { present, count: total });
  return (
    <div className={css.platform}>
      <div className={css.platformHead}>
        <b className="mono">{platform}</b>
        {used === false ? (
          <span className="small muted">{text('compare.notUsedByNodes')}</span>
        ) : total > 0 && present === total ? (
          <Toned icon={IconCheck} tone="ok">
            {text('compare.complete')}
          </Toned>
        ) : used === true ? (
          <Toned icon={IconAlertTriangle} tone="conflict">
            {text('compare.willNot', { count: total - present })}
          </Toned>
        ) : null}
      </div>
      <SpanBar
        label={`${platform}: ${will}`}
        spans={[
          { part: part(kept), look: 'plain' },
          { part: part(present - kept), look: 'accent' },
        ]}
      />
      <div className={css.platformFoot}>
        <b>{will}</b>
        <span className="muted">{text('compare.today', { count: now })}</span>
        {stale > 0 && <span className="muted">{text('compare.stale', { count: stale })}</span>}
      </div>
    </div>
  );
}

function NodePlatforms({ coverage }: { readonly coverage: Coverage }) {
  const text = useText();
  const current = useTarget((state) => state.current);
  if (current === null) return null;
  const choose = (platform: string, used: boolean): void => {
    const platforms = used
      ? [...current.platforms, platform]
      : current.platforms.filter((one) => one !== platform);
    void useTarget.getState().remember({ ...current, platforms });
    void useCompare.getState().load();
  };
  return (
    <fieldset className={css.nodes}>
      <legend className="small muted">{text('compare.nodes')}</legend>
      <div className={css.nodeBoxes}>
        {coverage.platforms.map((platform) => (
          <Checkbox
            key={platform}
            size="xs"
            label={platform.replace(/^linux\//, '')}
            aria-label={platform}
            checked={current.platforms.includes(platform)}
            onChange={({ currentTarget }) => choose(platform, currentTarget.checked)}
          />
        ))}
      </div>
      <div className="small muted">{text('compare.nodesText')}</div>
    </fieldset>
  );
}
