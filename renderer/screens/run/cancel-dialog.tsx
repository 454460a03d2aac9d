// "Cancel": stop and keep what was sent, or stop and undo the run.
import { Button } from '@mantine/core';
import { useText } from '../../i18n/i18n.js';
import { useRun } from '../../stores/run/run.js';
import { Dialog } from '../../parts/dialog/dialog.js';
import css from './run.module.css';

interface CancelDialogProps {
  /** False for an undo; the dialog then does not offer to put anything back. */
  readonly mayUndo: boolean;
  readonly onClose: () => void;
}

export function CancelDialog({ mayUndo, onClose }: CancelDialogProps) {
  const text = useText();
  const stop = (): void => {
    onClose();
    void useRun.getState().stop();
  };
  const stopAndUndo = (): void => {
    onClose();
    void stopThenUndo();
  };
  return (
    <Dialog onClose={onClose} title={text(mayUndo ? 'run.cancelTitle' : 'run.cancelUndoTitle')}>
      <p className={css.text}>{text(mayUndo ? 'run.cancelText' : 'run.cancelUndoText')}</p>
      <div className={css.buttons}>
        {mayUndo && (
          <Button data-danger onClick={stopAndUndo}>
            {text('run.stopAndUndo')}
          </Button>
        )}
        <Button variant="filled" onClick={stop} data-autofocus>
          {text('run.stopHere')}
        </Button>
      </div>
    </Dialog>
  );
}

async function stopThenUndo(): Promise<void> {
  await useRun.getState().stop();
  const { request, progress, several } = useRun.getState();
  const all = several.length > 0 ? several : request === null ? [] : [{ request, progress }];
  const undos = all.flatMap(({ request: { target }, progress: { run } }) =>
    run === null ? [] : [{ runs: [run], target }],
  );
  const [first] = undos;
  if (undos.length > 1) await useRun.getState().undoSeveral(undos);
  else if (first !== undefined) await useRun.getState().undo(first);
}
