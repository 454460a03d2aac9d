// What the programs inside an image say about its architecture, compared with what its config claims.

/** `right`: at least one program fits the claim; `mislabelled`: at least one does not and none does; `unknown`: no program, or not looked at. */
export interface ProgramsFinding {
  readonly verdict: 'right' | 'mislabelled' | 'unknown';
  /** Platform of the programs as `os/arch`, or null where there are none. */
  readonly found: string | null;
  /** Path of a program that shows it, or null. */
  readonly example: string | null;
}

export const NOT_LOOKED_AT: ProgramsFinding = { verdict: 'unknown', found: null, example: null };
