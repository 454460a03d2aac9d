// Writes the reference of the command line (docs/cli.md, docs/cli.zh-CN.md) from the descriptions of the commands.
//   npm run build && node build/cli-reference.mjs
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'prettier';

const WORDS = {
  en: {
    title: '# Command line',
    intro:
      'Every command with its options, made from the same descriptions as `archbridge COMMAND --help`. Exit codes: [README](../README.md#exit-codes).',
    general: 'For every command',
    option: 'option',
    meaning: 'meaning',
    other: ' Chinese: [cli.zh-CN.md](cli.zh-CN.md).',
  },
  'zh-CN': {
    title: '# 命令行',
    intro:
      '所有命令及其选项，与 `archbridge COMMAND --help` 的说明相同。退出码：[README](../README.md#exit-codes)。',
    general: '所有命令通用',
    option: '选项',
    meaning: '含义',
    other: '英文：[cli.md](cli.md)。',
  },
};

/**
 * @param {readonly import('../cli/command.js').Command[]} commands in the order of the help
 * @param {import('../cli/command.js').OptionGroup} general options of every command
 * @param {(key: import('../core/engine.js').TextKey, language: 'en' | 'zh-CN') => string} textOf
 * @param {'en' | 'zh-CN'} language
 * @returns {Promise<string>} Markdown as prettier writes it
 */
export async function cliReference(commands, general, textOf, language) {
  const words = WORDS[language];
  const say = (key) => textOf(key, language);
  const table = (options) =>
    [
      `| ${words.option} | ${words.meaning} |`,
      '| --- | --- |',
      ...options
        .filter(({ hidden }) => !hidden)
        .map(({ flags, text }) => `| \`${flags}\` | ${cell(say(text))} |`),
    ].join('\n');
  const chapters = commands.map(({ meta }) => {
    const usage = ['archbridge', meta.name, meta.operand?.name].filter(Boolean).join(' ');
    const operand =
      meta.operand === undefined ? '' : `\n\`${meta.operand.name}\`: ${say(meta.operand.text)}\n`;
    const groups = byHeading(meta.groups).map(
      ([heading, options]) => `\n**${say(heading)}**\n\n${table(options)}\n`,
    );
    const examples = meta.examples.map((example) => `archbridge ${example}`).join('\n');
    return `\n## ${meta.name}\n\n${say(meta.summary)}\n\n\`\`\`\n${usage} [${say('cli.help.options-place')}]\n\`\`\`\n${operand}${groups.join('')}\n${say('cli.help.examples')}\n\n\`\`\`\n${examples}\n\`\`\`\n`;
  });
  const text = `${words.title}\n\n${words.intro}${words.other}\n\n## ${words.general}\n\n${table(general.options)}\n${chapters.join('')}`;
  return format(text, { parser: 'markdown', printWidth: 110 });
}

/** Groups of the same heading stand together, as in the help. */
function byHeading(groups) {
  const found = new Map();
  for (const { heading, options } of groups) found.set(heading, [...(found.get(heading) ?? []), ...options]);
  return [...found];
}

/** Text in a table: words in angle brackets would be taken for HTML. */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const load = (path) => import(pathToFileURL(join(root, 'dist', path)).href);
  const { commands } = await load('cli/commands/all.js');
  const { generalOptions } = await load('cli/options/output.js');
  const { textFor } = await load('core/engine.js');
  for (const [language, name] of [
    ['en', 'cli.md'],
    ['zh-CN', 'cli.zh-CN.md'],
  ]) {
    const text = await cliReference(commands, generalOptions, (key, of) => textFor(key, {}, of), language);
    writeFileSync(join(root, 'docs', name), text);
  }
}
