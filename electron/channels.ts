// Names of IPC channels that main process and preload script share.

/** Channel of all calls from the window; a single one, so that the sender is checked in one place. */
export const CALLS = 'archbridge';
/** Channel of events to the window. */
export const EVENTS = 'archbridge-events';
