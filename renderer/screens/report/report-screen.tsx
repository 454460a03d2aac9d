// The step Report while it cannot be reached yet.
import { LockedScreen } from '../../frame/locked-screen.js';

export function ReportScreen() {
  return <LockedScreen step="report" />;
}
