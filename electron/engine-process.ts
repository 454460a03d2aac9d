// The program of the utility process in which the engine works: a crash there takes no window with it.
import { serveEngine } from './engine-service.js';

serveEngine(process.parentPort);
