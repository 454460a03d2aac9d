// Tells from the first bytes of a program for which architecture it is.
// https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html

/** How many bytes of a file `programArchitecture` looks at. */
export const ELF_HEADER_BYTES = 20;

const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const CLASS_32 = 1;
const LITTLE_ENDIAN = 1;
/** ET_EXEC and ET_DYN; position-independent programs and dynamic loaders have the type of shared objects. */
const PROGRAM_TYPES = new Set([2, 3]);

/** The architecture names in image configs (GOARCH) of one machine: 64 and 32 bit, each little and big endian; '' where there is none. */
type Names = readonly [le64: string, be64: string, le32: string, be32: string];

/** By e_machine. Machines that cannot be a cluster node (BPF, accelerators, microcontrollers) are left out. */
const MACHINES: ReadonlyMap<number, Names> = new Map<number, Names>([
  [3, ['', '', '386', '']],
  [8, ['mips64le', 'mips64', 'mipsle', 'mips']],
  [20, ['', '', '', 'ppc']],
  [21, ['ppc64le', 'ppc64', '', '']],
  [22, ['', 's390x', '', 's390']],
  [40, ['', '', 'arm', 'armbe']],
  // 32 bit is the x32 interface, which needs an amd64 processor
  [62, ['amd64', '', 'amd64', '']],
  [183, ['arm64', 'arm64be', '', '']],
  [243, ['riscv64', '', 'riscv', '']],
  [258, ['loong64', '', '', '']],
]);

/**
 * The architecture (GOARCH) of an ELF executable or shared object; null for anything else.
 * @param start the first bytes of the file, at least ELF_HEADER_BYTES where it has as many
 */
export function programArchitecture(start: Buffer): string | null {
  if (start.length < ELF_HEADER_BYTES || !start.subarray(0, 4).equals(MAGIC)) return null;
  const isLittle = start[5] === LITTLE_ENDIAN;
  const type = isLittle ? start.readUInt16LE(16) : start.readUInt16BE(16);
  const machine = isLittle ? start.readUInt16LE(18) : start.readUInt16BE(18);
  const names = PROGRAM_TYPES.has(type) ? MACHINES.get(machine) : undefined;
  const name = names?.[(start[4] === CLASS_32 ? 2 : 0) + (isLittle ? 0 : 1)];
  return name === undefined || name === '' ? null : name;
}

/** Other names for the same architectures that image configs hold. https://github.com/containerd/platforms/blob/main/database.go */
const ALIASES: Readonly<Record<string, string>> = {
  aarch64: 'arm64',
  armel: 'arm',
  armhf: 'arm',
  i386: '386',
  x86_64: 'amd64',
  'x86-64': 'amd64',
};

/**
 * True when every machine of the claimed architecture can run programs of architecture `program`. amd64 runs those for 386. arm64 does
 * not always run those for arm: many server processors have no 32-bit mode.
 */
export function runsOn(claimed: string, program: string): boolean {
  return isFor(claimed, program) || (isFor(claimed, 'amd64') && program === '386');
}

/** True when a program is for exactly the architecture that a config claims. */
export function isFor(claimed: string, program: string): boolean {
  const name = claimed.toLowerCase();
  return (ALIASES[name] ?? name) === program;
}
