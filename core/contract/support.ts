// A file for the support of Archbridge: what it holds is told, so that a person can look at it before it is passed on.

export interface SupportBundleRequest {
  /** Path of the `.tar.gz` to write; a file that is there is replaced. */
  readonly file: string;
  /** What went wrong, as the person's window shows it; it becomes a file of its own. */
  readonly details?: string;
}

export interface SupportBundle {
  readonly schema: 'archbridge.support-bundle/1';
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
  readonly files: readonly {
    /** Path inside the archive. */
    readonly path: string;
    readonly bytes: number;
    /** True where only the end of a long file was taken. */
    readonly isCut: boolean;
  }[];
}
