// Lint rules; the zones of build/zones.json become import rules here and are proven exactly by test/architecture.test.ts.
import { readFileSync } from 'node:fs';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const zones = JSON.parse(readFileSync(new URL('build/zones.json', import.meta.url), 'utf8'));
const order = zones.core.flat();

/** Zones that files of `zone` may import: those to the left, and itself. */
function allowedFor(zone) {
  const layer = zones.core.findIndex((members) => members.includes(zone));
  return [...zones.core.slice(0, layer).flat(), ...(zones.siblings[zone] ?? []), zone];
}

function importRule(allowed, prefix, others) {
  const forbidden = order.filter((zone) => !allowed.includes(zone));
  // a file can be a zone of its own inside a folder that is forbidden
  const files = allowed.filter((zone) => zone.includes('/')).join('|');
  const except = files === '' ? '' : `(?!${prefix}(${files})\\.js$)`;
  const oneWay = {
    regex: `^(\\.\\./)+${except}${prefix}(${forbidden.join('|')})(/|\\.js$)`,
    message: 'The zones point one way: see ARCHITECTURE.md, "Zones".',
  };
  const patterns = forbidden.length === 0 ? others : [oneWay, ...others];
  return { 'no-restricted-imports': ['error', { patterns }] };
}

const hostsAndShells = [
  { regex: '^(electron|react)(/|$)', message: 'The engine is plain Node.' },
  { regex: '^(\\.\\./)+(cli|electron|web|renderer|test|build)/', message: 'The engine knows no host.' },
];

// folders first: of two rules for one file the later one counts
const foldersFirst = [...order].sort((a, b) => Number(a.includes('/')) - Number(b.includes('/')));
const zoneRules = foldersFirst.map((zone) => ({
  files: [`core/${zone}/**/*.ts`, `core/${zone}.ts`],
  rules: importRule(allowedFor(zone), '', hostsAndShells),
}));
const hostRules = Object.entries(zones.hosts).map(([host, allowed]) => ({
  files: [`${host}/**/*.{ts,tsx}`],
  rules: importRule(allowed, 'core/', []),
}));

export default defineConfig(
  { ignores: ['node_modules/', 'dist*/', 'coverage/', '.cache/', 'archbridge-store/', 'test/fixtures/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // a call as the whole body of an arrow, or after return, is short and clear
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // the compiler does not see what other tasks change between two looks at a field
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // isTTY is undefined, not false, on what is no terminal
      '@typescript-eslint/no-unnecessary-boolean-literal-compare': 'off',
      // an implementation of an asynchronous interface may have nothing to wait for
      '@typescript-eslint/require-await': 'off',
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
    },
  },
  {
    files: ['core/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Only a host ends the process.' },
        {
          object: 'process',
          property: 'env',
          message: 'Hosts read the environment and pass what is needed.',
        },
      ],
    },
  },
  ...zoneRules,
  ...hostRules,
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.config.ts'], rules: { 'no-restricted-exports': 'off' } },
  {
    files: ['**/*.mjs', '*.config.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'Buffer',
          'URL',
          'performance',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
