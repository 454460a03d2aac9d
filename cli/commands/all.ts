// Every command that exists, in the order of the help text.
import type { Command } from '../command.js';
import { auditCommand } from './audit.js';
import { checkCommand } from './check.js';
import { clusterCreateCommand } from './installer/cluster-create.js';
import { compareCommand } from './compare.js';
import { completionCommand } from './completion.js';
import { importAddonCommand } from './installer/import-addon.js';
import { importCommand } from './import.js';
import { inventoryCommand } from './inventory.js';
import { inspectCommand } from './inspect.js';
import { packCommand } from './pack.js';
import { planCommand } from './plan.js';
import { pruneCommand } from './prune.js';
import { reportCommand } from './report.js';
import { runsCommand } from './runs.js';
import { serveCommand } from './serve.js';
import { shareCommand } from './share.js';
import { targetsCommand } from './targets.js';
import { supportBundleCommand } from './support-bundle.js';
import { undoCommand } from './undo.js';
import { verifyCommand } from './verify.js';

export const commands: readonly Command[] = [
  importCommand,
  planCommand,
  inspectCommand,
  compareCommand,
  verifyCommand,
  auditCommand,
  undoCommand,
  pruneCommand,
  runsCommand,
  reportCommand,
  checkCommand,
  packCommand,
  inventoryCommand,
  supportBundleCommand,
  targetsCommand,
  serveCommand,
  shareCommand,
  completionCommand(() => commands),
  importAddonCommand,
  clusterCreateCommand,
];
