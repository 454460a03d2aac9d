// `targets`: the saved target clusters, the same ones that the app shows. Names no server; nothing is sent.
import type { RememberedTarget, TargetSpec } from '../../core/contract.js';
import { AppError, SavedTargets, savedTarget, toProblem, withTarget } from '../../core/engine.js';
import type { Command, CommandContext, OptionGroup, OptionValues, Outcome } from '../command.js';
import { problemText } from '../display/text/problem-text.js';
import { targetsText } from '../display/targets-text.js';
import { EXIT } from '../exit-codes.js';
import { credentialOptions } from '../options/credentials.js';
import { networkOptions } from '../options/network.js';
import { namesTarget, namingOptions, targetOptions } from '../options/target.js';
import { flagOf, textOf } from '../options/values.js';
import { platformsOf } from '../options/what.js';
import { forgetPasswords, keepPasswords } from '../saved/saved-passwords.js';
import { targetsOfFile, type ImportedTarget } from '../saved/target-files.js';
import { readTarget } from '../target-spec.js';

const savingOptions: OptionGroup = {
  heading: 'cli.group.saving',
  options: [
    { flags: '--node-platforms <platforms>', text: 'cli.opt.node-platforms', repeatable: true },
    { flags: '--default', text: 'cli.opt.default-target' },
    { flags: '--name <name>', text: 'cli.opt.target-name' },
  ],
};

export const targetsCommand: Command = {
  meta: {
    name: 'targets',
    operand: {
      name: '<action...>',
      text: 'cli.operand.targets',
      choices: ['list', 'add', 'remove', 'import'],
    },
    summary: 'cli.targets.summary',
    examples: [
      'targets add site-1 --registry https://harbor.local --charts https://charts.local/{repo} --username robot --password-stdin',
      'targets add site-1 --registry https://harbor.local --ca-file ca.pem --node-platforms linux/amd64,linux/arm64 --default',
      'targets import clusterConfig.yaml --name site-2',
      'targets list --json',
      'import addon-amd64.tar.gz --target site-1',
    ],
    groups: [savingOptions, targetOptions, namingOptions, credentialOptions, networkOptions],
    failureJson: (problem) => ({ schema: 'archbridge.targets/1', targets: [], problems: [problem] }),
  },
  async handler(context, [action = '', ...rest], values) {
    const store = new SavedTargets(context.stateDir);
    const targets = await carryOut(action, rest, values, store, context);
    return { ok: true, value: outcomeOf(targets, context) };
  },
};

/** Gives the list as it is afterwards. */
async function carryOut(
  action: string,
  rest: readonly string[],
  values: OptionValues,
  store: SavedTargets,
  context: CommandContext,
): Promise<readonly RememberedTarget[]> {
  switch (action) {
    case 'list':
      operands(action, rest, 0);
      return store.list(context);
    case 'add': {
      const [name = ''] = operands(action, rest, 1);
      if (!namesTarget(values)) throw needs('targets add', '--registry');
      // An authority of this shell's environment is none of the target's.
      const env = { ...context.env, NODE_EXTRA_CA_CERTS: undefined };
      const { target, notes } = await readTarget(values, { ...context, env });
      for (const note of notes) tell(note, context);
      return save(
        [{ name, spec: withoutProxyLogin(withoutStoredLogin(target), context) }],
        values,
        store,
        context,
      );
    }
    case 'remove': {
      const [name = ''] = operands(action, rest, 1);
      const removed = await store.named(name, context);
      const left = await store.change((all) => all.filter(({ id }) => id !== removed.id), context);
      await forgetPasswords(removed, left, context);
      return left;
    }
    case 'import': {
      const [file = ''] = operands(action, rest, 1);
      const { targets, notes } = await targetsOfFile(file, textOf(values, 'bootstrap'), context);
      for (const note of notes) tell(note, context);
      return save(targets, values, store, context);
    }
    default:
      throw new AppError('cli.unknown-action', { origin: 'config', params: { action } });
  }
}

async function save(
  found: readonly ImportedTarget[],
  values: OptionValues,
  store: SavedTargets,
  context: CommandContext,
): Promise<readonly RememberedTarget[]> {
  const platforms = platformsOf(values, 'nodePlatforms', '--node-platforms');
  const name = textOf(values, 'name');
  const isDefault = flagOf(values, 'default');
  if (found.length > 1 && (name !== undefined || isDefault))
    throw new AppError('cli.several-in-file', {
      origin: 'config',
      params: { count: found.length, option: name === undefined ? '--default' : '--name' },
    });
  const entries = found.map((one) => ({
    spec: one.spec,
    entry: savedTarget(name ?? one.name, one.spec, { platforms, ...(isDefault ? { isDefault } : {}) }),
  }));
  const all = await store.change(
    (before) => entries.reduce((list, { entry }) => withTarget(list, entry), before),
    context,
  );
  for (const { entry, spec } of entries) {
    for (const origin of await keepPasswords(entry, spec, context))
      context.display.note(context.say('cli.targets.password-not-kept', { origin }));
  }
  return all;
}

/** A login that docker or podman keeps is found again when the target is used. */
function withoutStoredLogin({ credentials, credentialsFrom, ...spec }: TargetSpec): TargetSpec {
  const isStored = credentialsFrom?.kind === 'login-file' || credentialsFrom?.kind === 'credential-helper';
  return credentials && !isStored ? { ...spec, credentials } : spec;
}

/** The proxy of a target without the login that its URL may hold: that is in the environment each time, or it is missing. */
function withoutProxyLogin(spec: TargetSpec, context: CommandContext): TargetSpec {
  const { proxy } = spec;
  if (!proxy?.url.includes('@')) return spec;
  context.display.note(context.say('cli.targets.proxy-login-not-kept'));
  const url = new URL(proxy.url.includes('://') ? proxy.url : `http://${proxy.url}`);
  [url.username, url.password] = ['', ''];
  return { ...spec, proxy: { ...proxy, url: url.href } };
}

function operands(action: string, rest: readonly string[], count: number): readonly string[] {
  if (rest.length === count) return rest;
  throw new AppError('cli.action-operands', { origin: 'config', params: { action, count } });
}

function needs(option: string, other: string): AppError {
  return new AppError('cli.option-needs', { origin: 'config', params: { option, other } });
}

function tell(note: AppError, { display, language }: CommandContext): void {
  display.note(problemText(toProblem(note, language), language));
}

function outcomeOf(targets: readonly RememberedTarget[], context: CommandContext): Outcome {
  return {
    code: EXIT.done,
    json: { schema: 'archbridge.targets/1', targets: targets.map(shown), problems: [] },
    text: () => targetsText(targets, context),
    complaints: () => [],
  };
}

function shown({
  label,
  spec,
  username,
  chartsUsername,
  platforms,
  isDefault,
}: RememberedTarget): TargetSpec & Record<string, unknown> {
  return {
    name: label,
    ...spec,
    username: username === '' ? null : username,
    chartsUsername: chartsUsername ?? null,
    platforms,
    default: isDefault ?? false,
  };
}
