// The area where packages are dropped, with a button to choose them; large while the list is empty.
import { Button } from '@mantine/core';
import { useText } from '../../i18n/i18n.js';
import { classes } from '../../parts/classes.js';
import { IconPackage } from '../../parts/icons.js';
import css from './packages.module.css';

interface DropZoneProps {
  readonly large: boolean;
  readonly onChooseFiles: () => void;
  readonly onWatchFolder: () => void;
  readonly onOpenPlan: () => void;
}

export function DropZone({ large, onChooseFiles, onWatchFolder, onOpenPlan }: DropZoneProps) {
  const text = useText();
  return (
    <section className={classes(css.drop, large && css.large)} aria-label={text('packages.drop.title')}>
      <IconPackage size={large ? 32 : 20} stroke={1.5} />
      <div className={css.dropText}>
        {large && <h2 className={css.dropTitle}>{text('packages.empty.title')}</h2>}
        <div className={large ? undefined : css.dropTitle}>{text('packages.drop.title')}</div>
        {large && <div className="small">{text('packages.empty.bring')}</div>}
        <div className="small">{text('packages.drop.text')}</div>
      </div>
      <div className={css.dropActions}>
        <Button size="xs" aria-keyshortcuts="Control+O" onClick={onChooseFiles}>
          {text('packages.chooseFiles')}
        </Button>
        <Button size="xs" onClick={onWatchFolder}>
          {text('packages.watchFolder')}
        </Button>
        <Button size="xs" onClick={onOpenPlan}>
          {text('plan.open')}
        </Button>
      </div>
    </section>
  );
}

export function DropOverlay() {
  const text = useText();
  return (
    <div className={css.overlay}>
      <div>
        <div className={css.dropTitle}>{text('packages.drop.now')}</div>
        <div className="small muted">{text('packages.drop.reads')}</div>
      </div>
    </div>
  );
}
