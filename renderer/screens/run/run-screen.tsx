// The step Run while it cannot be reached yet.
import { LockedScreen } from '../../frame/locked-screen.js';

export function RunScreen() {
  return <LockedScreen step="run" />;
}
