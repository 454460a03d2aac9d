// The error of a failed set-up step.

/** Its message is printed without a stack. */
export class SetupError extends Error {}
