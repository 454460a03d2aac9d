// Every asynchronous function of core can be cancelled: by a signal in its last parameter, or by what it is called with or on.
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT, sourcesIn } from './support/source-tree.js';

/** Functions that need no signal, by file or by file and name, with the reason. */
const NEED_NO_SIGNAL: Readonly<Record<string, string>> = {
  'core/layout/durable-file.ts':
    'a file that was begun is brought to its end; its writers stop between files',
  'core/layout/make-folder.ts': 'one system call for each folder; the journal needs them after a cancel, too',
  'core/layout/process-identity.ts': 'reads a few bytes about a process',
  'core/layout/writer-lock.ts: releaseWriterLock': 'giving back must happen after a cancel, too',
  'core/package/images/image-archive.ts ImageArchive: deliverKept':
    'hands bytes to the pass, which has the signal',
  'core/journal/journal.ts': 'one small local file; what happened is written down after a cancel, too',
  'core/pack/pack-file.ts PackFile':
    'a file that was begun is ended or removed; the pass that writes it has the signal',
  'core/flow/channel.ts Channel': 'its two ends end each other: abandon() and fail()',
  'core/flow/task-pool.ts TaskPool': 'waits for tasks that have the signal',
};

/** Releasing something must also happen after a cancellation. */
const GIVE_BACK = new Set(['close', 'dispose', 'release']);

/** Methods of PackageVisitor: called inside a pass, which has the signal. */
const CALLED_BY_A_PASS = new Set(['bundleStart', 'bundleHead', 'blob', 'blobProven', 'bundleEnd']);

const ASYNCHRONOUS =
  /^(Promise|PromiseLike|AsyncGenerator|AsyncIterable|AsyncIterableIterator|AsyncIterator)$/;

/** A stream ends with its source, so its reader needs no signal. */
const STOPS_BY_ITSELF =
  /^(AbortSignal|AsyncGenerator|AsyncIterable|AsyncIterableIterator|AsyncIterator|Promise)$/;

describe('every asynchronous function that core exports', () => {
  it('can be stopped', { timeout: 60_000 }, () => {
    const paths = sourcesIn('core').map((path) => `${PROJECT_ROOT}${path}`);
    const settings = ts.readConfigFile(`${PROJECT_ROOT}tsconfig.json`, (path) => ts.sys.readFile(path));
    const { options } = ts.parseJsonConfigFileContent(settings.config, ts.sys, PROJECT_ROOT);
    const program = ts.createProgram(paths, options);
    const checker = program.getTypeChecker();

    const callables = paths.flatMap((path) => {
      const source = program.getSourceFile(path);
      const symbol = source && checker.getSymbolAtLocation(source);
      const exported = symbol === undefined ? [] : checker.getExportsOfModule(symbol);
      return exported.flatMap((entry) => callablesOf(checker, entry, path.slice(PROJECT_ROOT.length)));
    });
    const asynchronous = callables.filter(({ signature }) => isAsynchronous(signature));
    expect(asynchronous.length).toBeGreaterThan(20);
    const deaf = asynchronous
      .filter(({ name }) => !GIVE_BACK.has(name) && !CALLED_BY_A_PASS.has(name))
      .filter(({ place, name }) => !(place in NEED_NO_SIGNAL) && !(`${place}: ${name}` in NEED_NO_SIGNAL))
      .filter(({ signature, owner }) => {
        const given = signature.parameters.map((parameter) => checker.getTypeOfSymbol(parameter));
        return ![...given, ...owner].some((type) => canBeStopped(checker, type, 2));
      })
      .map(({ place, name }) => `${place}: ${name}`);
    expect(deaf).toEqual([]);
  });
});

interface Callable {
  readonly place: string;
  readonly name: string;
  readonly signature: ts.Signature;
  /** The class that a method belongs to; empty for a function. */
  readonly owner: readonly ts.Type[];
}

/** Functions, and public methods of classes. */
function callablesOf(checker: ts.TypeChecker, symbol: ts.Symbol, place: string): readonly Callable[] {
  const declaration = symbol.declarations?.[0];
  if (declaration === undefined || ts.isExportSpecifier(declaration)) return [];
  if (ts.isFunctionDeclaration(declaration) || ts.isVariableDeclaration(declaration)) {
    const signatures = checker.getTypeOfSymbol(symbol).getCallSignatures();
    return signatures.map((signature) => ({ place, name: symbol.name, signature, owner: [] }));
  }
  if (!ts.isClassDeclaration(declaration)) return [];
  const owner = [checker.getDeclaredTypeOfSymbol(symbol)];
  return declaration.members.filter(ts.isMethodDeclaration).flatMap((method) => {
    const hidden =
      ts.getCombinedModifierFlags(method) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected);
    const signature = checker.getSignatureFromDeclaration(method);
    if (hidden !== 0 || ts.isPrivateIdentifier(method.name) || signature === undefined) return [];
    return [{ place: `${place} ${symbol.name}`, name: method.name.getText(), signature, owner }];
  });
}

function isAsynchronous(signature: ts.Signature): boolean {
  return ASYNCHRONOUS.test(signature.getReturnType().getSymbol()?.name ?? '');
}

/** True for a signal, something with a signal, a stream, a function that is passed in, or an object that was made with one of these. */
function canBeStopped(checker: ts.TypeChecker, type: ts.Type, depth: number): boolean {
  const present = checker.getNonNullableType(type);
  if (present.isUnion()) return present.types.some((member) => canBeStopped(checker, member, depth));
  const symbol = present.getSymbol();
  if (STOPS_BY_ITSELF.test(symbol?.name ?? '') || checker.getPropertyOfType(present, 'signal') !== undefined)
    return true;
  if (present.getCallSignatures().some(isAsynchronous)) return true;
  if (depth === 0) return false;
  return partsOf(checker, present).some((part) => canBeStopped(checker, part, depth - 1));
}

/** What an object holds: fields and constructor parameters of a class, properties (no methods) of anything else. */
function partsOf(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  const classes = (type.getSymbol()?.declarations ?? []).filter(ts.isClassDeclaration);
  if (classes.length === 0) {
    const isData = ({ declarations = [] }: ts.Symbol) => declarations.every(ts.isPropertySignature);
    return type
      .getProperties()
      .filter(isData)
      .map((property) => checker.getTypeOfSymbol(property));
  }
  return classes
    .flatMap(({ members }): readonly ts.Node[] => [
      ...members.filter(ts.isPropertyDeclaration),
      ...members.filter(ts.isConstructorDeclaration).flatMap(({ parameters }) => [...parameters]),
    ])
    .map((part) => checker.getTypeAtLocation(part));
}
