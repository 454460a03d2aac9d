// What a failed set-up step throws.

/** The message is all that a person needs. */
export class SetupError extends Error {}
