// The smallest programs that run: static ELF executables that exit with status 0, written byte by byte.

const MACHINES = {
  amd64: {
    machine: 0x3e,
    pageSize: 0x1000,
    // xor edi, edi; mov eax, 60 (exit); syscall
    code: Buffer.from('31ffb83c0000000f05', 'hex'),
  },
  arm64: {
    machine: 0xb7,
    pageSize: 0x10000,
    // mov x0, #0; mov x8, #93 (exit); svc #0
    code: Buffer.from('000080d2a80b80d2010000d4', 'hex'),
  },
};

const FILE_HEADER = 64;
const PROGRAM_HEADER = 56;
const LOAD_ADDRESS = 0x400000n;

/**
 * One loadable segment that holds headers and code, nothing else.
 * Layout: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
 * @param {'amd64' | 'arm64'} arch
 * @returns {Buffer}
 */
export function program(arch) {
  const { machine, pageSize, code } = MACHINES[arch];
  const codeOffset = FILE_HEADER + PROGRAM_HEADER;
  const bytes = Buffer.alloc(codeOffset + code.length);
  // 64 bit, little endian, version 1, System V
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  bytes.writeUInt16LE(2, 16); // ET_EXEC
  bytes.writeUInt16LE(machine, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(LOAD_ADDRESS + BigInt(codeOffset), 24);
  bytes.writeBigUInt64LE(BigInt(FILE_HEADER), 32);
  bytes.writeUInt16LE(FILE_HEADER, 52);
  bytes.writeUInt16LE(PROGRAM_HEADER, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt16LE(64, 58);

  bytes.writeUInt32LE(1, FILE_HEADER); // PT_LOAD
  bytes.writeUInt32LE(5, FILE_HEADER + 4); // readable, executable
  bytes.writeBigUInt64LE(LOAD_ADDRESS, FILE_HEADER + 16);
  bytes.writeBigUInt64LE(LOAD_ADDRESS, FILE_HEADER + 24);
  bytes.writeBigUInt64LE(BigInt(bytes.length), FILE_HEADER + 32);
  bytes.writeBigUInt64LE(BigInt(bytes.length), FILE_HEADER + 40);
  bytes.writeBigUInt64LE(BigInt(pageSize), FILE_HEADER + 48);
  code.copy(bytes, codeOffset);
  return bytes;
}
