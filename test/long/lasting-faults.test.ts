// Every fault at every HTTP step of an import, lasting until a second run, with a layer larger than every window, in front of both
// generations of distribution: what the registry holds in the end is what it holds without the fault. The pauses between the tries of a
// request are short here, for each of these imports waits for dozens of them.
import { describe, it, vi } from 'vitest';
import type * as Retry from '../../core/registry/http/retry.js';
import { faultMatrix } from '../support/fault-matrix.js';
import { expectRecovered } from '../support/fault-outcome.js';
import { useFaultSite } from '../support/fault-site.js';

vi.mock('../../core/registry/http/retry.js', async (original) => ({
  ...(await original<typeof Retry>()),
  DEFAULT_PAUSES: [5, 10, 20, 40, 80],
}));

describe.each([
  [2, false],
  [3, false],
  [3, true],
] as const)('distribution %i, a layer over every window: %s', (version, large) => {
  const site = useFaultSite({ version, large });

  it.each(faultMatrix(1_000))('$kind always at $step', async ({ fault }) => {
    expectRecovered(site().expected, await site().meet(fault));
  });
});
