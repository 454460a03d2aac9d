// Every fault at every HTTP step of an import, lasting until a second run, and hangs that last longer than all tries of a request, in
// front of both generations of distribution, and at the steps of a layer with one that is larger than every window: what the registry
// holds in the end is what it holds without the fault. The pauses between the tries of a request and its time limits are short here,
// for each of these imports waits for dozens of them.
import { describe, it, vi } from 'vitest';
import type * as Retry from '../../core/registry/http/retry.js';
import type * as Transport from '../../core/registry/http/transport.js';
import { faultMatrix, hangs, ofBlobs } from '../support/fault-matrix.js';
import { expectRecovered } from '../support/fault-outcome.js';
import { useFaultSite } from '../support/fault-site.js';

const ALWAYS = 1_000;
/** More than the tries of a request. */
const MANY = 7;

vi.mock('../../core/registry/http/retry.js', async (original) => ({
  ...(await original<typeof Retry>()),
  DEFAULT_PAUSES: [5, 10, 20, 40, 80],
}));

vi.mock('../../core/registry/http/transport.js', async (original) => {
  const own = await original<typeof Transport>();
  const timeouts = { headers: 1_000, slowHeaders: 3_000 };
  return {
    ...own,
    createTransport: (options) => own.createTransport({ timeouts, ...options }),
  } satisfies typeof Transport;
});

describe.each([2, 3] as const)('distribution %i', (version) => {
  const site = useFaultSite({ version, large: false });

  it.each([...faultMatrix(ALWAYS), ...hangs(MANY)])(
    '$kind, $fault.times times at $step',
    async ({ fault }) => {
      expectRecovered(site().expected, await site().meet(fault));
    },
  );
});

describe('a layer over every window', () => {
  const site = useFaultSite({ version: 3, large: true });

  // a hang is met once here, too: http-faults.test.ts has the time limits of the program, which are minutes for such a layer
  it.each(ofBlobs([...faultMatrix(ALWAYS), ...hangs(MANY), ...hangs(1)]))(
    '$kind, $fault.times times at $step',
    async ({ fault }) => {
      expectRecovered(site().expected, await site().meet(fault));
    },
  );
});
