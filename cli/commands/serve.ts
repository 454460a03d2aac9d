// `serve`: the app on a loopback address of this computer, until Ctrl-C.
import { hostname } from 'node:os';
import { serveApp, type ServedApp } from '../../web/serve.js';
import { hasDisplay, openBrowser } from '../../web/open-browser.js';
import type { Command, CommandContext, OptionGroup } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { untilAborted } from '../interrupt.js';
import { listOf, negatedOf, portOf } from '../options/values.js';
import { programVersion } from '../version.js';

const serveOptions: OptionGroup = {
  heading: 'cli.group.serve',
  options: [
    { flags: '--port <n>', text: 'cli.opt.port' },
    { flags: '--no-open', text: 'cli.opt.no-open' },
    { flags: '--root <dir>', text: 'cli.opt.root', repeatable: true },
  ],
};

export const serveCommand: Command = {
  meta: {
    name: 'serve',
    summary: 'cli.serve.summary',
    examples: ['serve', 'serve --port 8090 --no-open --root /srv/packages'],
    groups: [serveOptions],
    failureJson: (problem) => ({ schema: 'archbridge.serve/1', url: null, problems: [problem] }),
  },
  async handler(context, _operands, values) {
    const app = await serveApp({
      stateDir: context.stateDir,
      version: programVersion(),
      language: context.language,
      port: portOf(values, 'port', '--port') ?? 0,
      roots: listOf(values, 'root'),
      cwd: process.cwd(),
      extraCaFile: context.env['NODE_EXTRA_CA_CERTS'],
      signal: context.signal,
    });
    const isSeen = hasDisplay(context.env);
    tellWhere(app, isSeen, context);
    if (isSeen && !negatedOf(values, 'open')) openBrowser(app.newUrl());
    await untilAborted(context.signal);
    const wasRunning = app.isRunGoingOn;
    if (wasRunning) context.display.note(context.say('cli.serve.run-going-on'));
    await app.close();
    return {
      ok: true,
      value: {
        code: wasRunning ? EXIT.cancelled : EXIT.done,
        json: { schema: 'archbridge.serve/1', url: app.url, problems: [] },
        text: () => '',
        complaints: () => [],
      },
    };
  },
};

function tellWhere({ url, port }: ServedApp, isSeen: boolean, { say, print }: CommandContext): void {
  print(`${say('cli.serve.address')}\n\n  ${url}\n\n`);
  if (!isSeen) print(`${say('cli.serve.tunnel', { port, host: hostname() })}\n`);
  print(`${say('cli.serve.end')}\n`);
}
