// What every host (CLI, app, web) shares with the engine: requests, events and results, all plain JSON.

export type { Language } from './messages/catalog.js';
export type { Problem } from './errors.js';
export * from './contract/app.js';
export * from './contract/attached-tag.js';
export type * from './contract/check.js';
export * from './contract/coverage.js';
export type * from './contract/engine.js';
export type * from './contract/events.js';
export * from './contract/coverage-picture.js';
export * from './contract/figures.js';
export type * from './contract/inventory.js';
export * from './contract/outcome.js';
export type * from './contract/pack.js';
export type * from './contract/plan.js';
export type * from './contract/policies.js';
export type * from './contract/proof.js';
export type * from './contract/report.js';
export type * from './contract/requests.js';
export * from './contract/run-progress.js';
export type * from './contract/target.js';
export type * from './contract/previews.js';
