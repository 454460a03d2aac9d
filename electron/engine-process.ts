// The program of the utility process that runs the engine, so that a crash of the engine does not take the window with it.
import { serveEngine } from './engine-service.js';

serveEngine(process.parentPort);
