// What is measured: packages, targets and contenders of each scenario.
import { archbridge, inspection, limit, PEERS, unpackAndPush } from './contenders.mjs';

const MIXED = { charts: 12, images: 5, layers: 3, 'layer-mb': 4, bases: 3 };
const SMALL = { charts: 4, images: 3, layers: 3, 'layer-mb': 4, bases: 2 };

/** The groups of a scenario; contenders of a group are compared with each other. */
export function scenarioOf(name, options, cli) {
  const builds = [['Archbridge', cli], ...options.also.map((one) => one.split('='))];
  const own = (more = []) => builds.map(([as, path]) => archbridge(as, path, more));
  switch (name) {
    case 'import':
      return imports(options, builds, own);
    case 'many':
      return [
        {
          name: 'many',
          title: '4,000 images in 100 charts',
          package: MANY,
          rounds: 3,
          contenders: [limit('import'), ...own()],
        },
      ];
    case 'latency':
      return latency(own);
    case 'real-size':
      return realSize(options, own);
    default:
      throw new Error(`no scenario ${name}: import, many, latency, real-size`);
  }
}

function imports({ quick, ...options }, builds, own) {
  const pack = quick ? SMALL : MIXED;
  const rounds = quick ? 3 : 7;
  const size = quick ? '12 images, 0.2 GB' : '60 images, 1 GB';
  const peers = ['skopeo', 'crane'].flatMap((tool) =>
    options[tool] ? [unpackAndPush(tool, options[tool])] : [],
  );
  const further = Object.entries(PEERS).flatMap(([tool, make]) =>
    options[tool] ? [make(options[tool])] : [],
  );
  const common = { package: pack, rounds };
  return [
    {
      ...common,
      name: 'registry',
      title: `Into a registry: ${size}`,
      contenders: [limit('import'), ...own(), ...peers, ...further],
    },
    {
      ...common,
      name: 'folder',
      title: `Into a folder: ${size}`,
      intoFolder: true,
      contenders: [limit('folder'), ...own()],
    },
    {
      ...common,
      name: 'inspect',
      title: `Inspect: ${size}`,
      intoFolder: true,
      contenders: [limit('inspect'), ...builds.map(([as, path]) => inspection(as, path))],
    },
    {
      ...common,
      name: 'again',
      title: `Nothing to send: ${size}`,
      contenders: own().map((one) => ({ ...one, before: [one.command] })),
    },
  ];
}

const MANY = { charts: 100, images: 40, layers: 1, 'layer-mb': 0.03, bases: 2 };
const MANY_SMALL = { charts: 50, images: 40, layers: 1, 'layer-mb': 0.004, bases: 2 };
/** 129 layers: with a few for each of the eight connections, the last ones would decide. */
const LARGE_LAYERS = { charts: 16, images: 4, layers: 2, 'layer-mb': 25, bases: 1 };

function latency(own) {
  const small = [20, 80].map((roundTripMs) => ({
    name: `latency-${roundTripMs}`,
    title: `2,000 small images, ${roundTripMs} ms`,
    package: MANY_SMALL,
    rounds: 1,
    link: { roundTripMs, bytesPerSecond: 0 },
    contenders: own(),
  }));
  const large = {
    name: 'slow-connections',
    title: '25 MB layers, 20 MB/s a connection, 8 uploads',
    package: LARGE_LAYERS,
    rounds: 3,
    link: { roundTripMs: 2, bytesPerSecond: 20e6 },
    contenders: [limit('import', 8), ...own(['--concurrency', '8'])],
  };
  return [...small, large];
}

function realSize({ gigabytes }, own) {
  // sizes are mixed by the base layers, which are twice as large and shared
  const images = Math.max(10, Math.round(Number(gigabytes) * 17));
  const pack = { charts: Math.ceil(images / 5), images: 5, layers: 4, 'layer-mb': 9, bases: 20 };
  const title = `${images} images, ${gigabytes} GB`;
  return [
    {
      name: 'real-registry',
      title: `Into a registry: ${title}`,
      package: pack,
      rounds: 1,
      contenders: [limit('import'), ...own()],
    },
    {
      name: 'real-folder',
      title: `Into a folder: ${title}`,
      package: pack,
      rounds: 1,
      intoFolder: true,
      contenders: [limit('folder'), ...own()],
    },
  ];
}
