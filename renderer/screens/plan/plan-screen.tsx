// The step Plan while it cannot be reached yet.
import { LockedScreen } from '../../frame/locked-screen.js';

export function PlanScreen() {
  return <LockedScreen step="plan" />;
}
