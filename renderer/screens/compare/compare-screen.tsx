// The step Compare while it cannot be reached yet.
import { LockedScreen } from '../../frame/locked-screen.js';

export function CompareScreen() {
  return <LockedScreen step="compare" />;
}
