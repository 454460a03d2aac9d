// Several imports of the same packages, each into a target of its own, from one reading of each package.
import type { RunEvent } from '../../contract.js';
import { SharedBytes, type SharedBytesOptions, type SharedReader } from '../../package/bytes/shared-bytes.js';
import type { PackageSource } from '../../package/source/open-package.js';

/** A package that one of the imports reads alone, from this byte on. */
export interface ReadAlone {
  readonly source: PackageSource;
  readonly offset: number;
}

/** The packages of several imports. */
export class SharedPackages {
  readonly #packages = new Map<
    string,
    { readonly bytes: SharedBytes; readonly readers: readonly SharedReader[] }
  >();
  readonly #members: readonly SharedMember[];
  readonly #left = new Set<SharedMember>();
  readonly #held = new Set<SharedMember>();

  readonly #options: SharedBytesOptions;

  /** @param count how many imports there are */
  constructor(count: number, options: SharedBytesOptions = {}) {
    this.#options = options;
    this.#members = Array.from({ length: count }, () => new SharedMember(this));
  }

  member(at: number): SharedMember {
    const member = this.#members[at];
    if (!member) throw new RangeError(`there are ${String(this.#members.length)} imports`);
    return member;
  }

  /** Bytes that were read of each package for all imports together. */
  get bytesRead(): ReadonlyMap<string, number> {
    return new Map([...this.#packages].map(([path, { bytes }]) => [path, bytes.bytesRead]));
  }

  /** The reader of one member, made with those of all others when the package is first asked for. */
  reader(member: SharedMember, source: PackageSource): SharedReader | undefined {
    const known = this.#packages.get(source.path);
    const { readers } = known ?? this.#open(source);
    return readers[this.#members.indexOf(member)];
  }

  hold(member: SharedMember, isHeld: boolean): void {
    if (isHeld) this.#held.add(member);
    else this.#held.delete(member);
    for (const { readers } of this.#packages.values()) readers[this.#members.indexOf(member)]?.hold(isHeld);
  }

  leave(member: SharedMember): void {
    this.#left.add(member);
    for (const { readers } of this.#packages.values()) readers[this.#members.indexOf(member)]?.leave();
  }

  #open(source: PackageSource) {
    const bytes = new SharedBytes(source.parts, this.#options);
    const readers = this.#members.map((member) =>
      bytes.reader((offset) => member.tellAlone({ source, offset })),
    );
    for (const [at, member] of this.#members.entries()) {
      if (this.#left.has(member)) readers[at]?.leave();
      if (this.#held.has(member)) readers[at]?.hold(true);
    }
    const opened = { bytes, readers };
    this.#packages.set(source.path, opened);
    return opened;
  }
}

/** One of the imports. */
export class SharedMember {
  readonly #group: SharedPackages;
  readonly #alone: ReadAlone[] = [];
  #onAlone: ((what: ReadAlone) => void) | null = null;

  constructor(group: SharedPackages) {
    this.#group = group;
  }

  /** The same package, whose first reading is shared. A folder is read by each import alone. */
  sharing(source: PackageSource): PackageSource {
    if (source.kind === 'folder') return source;
    const reader = this.#group.reader(this, source);
    return reader ? { ...source, shared: (reading) => reader.read(reading) } : source;
  }

  /** Tells from now on, and for what happened before, what is read for this import alone. */
  onAlone(tell: (what: ReadAlone) => void): void {
    this.#onAlone = tell;
    for (const what of this.#alone.splice(0)) tell(what);
  }

  tellAlone(what: ReadAlone): void {
    if (this.#onAlone) this.#onAlone(what);
    else this.#alone.push(what);
  }

  /** The others do not wait for an import that is paused, whose server is away, or that has read what it needs. */
  noticed(event: RunEvent): void {
    if (event.type === 'paused' || event.type === 'away') this.#group.hold(this, true);
    if (event.type === 'resumed' || event.type === 'back') this.#group.hold(this, false);
    if (event.type === 'stage' && (event.stage === 'tags' || event.stage === 'done')) this.leave();
  }

  leave(): void {
    this.#group.leave(this);
  }
}
