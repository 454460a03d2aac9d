// Names that main process and preload script share.

/** Calls from the window; one channel, so that there is one place where the sender is checked. */
export const CALLS = 'archbridge';
/** Events to the window. */
export const EVENTS = 'archbridge-events';
