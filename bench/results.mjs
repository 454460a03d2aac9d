// Turns the measurements of interleaved rounds into figures, a table and a picture. Ratios are taken within one round, because other
// work on the machine slows all contenders of a round down, not one.

/** Summary of each contender: `rounds` is a list of maps from name to measurement. */
export function summarize(rounds) {
  const [first = {}] = rounds;
  const limitName = Object.keys(first).find((name) => first[name].isLimit);
  return Object.keys(first).map((name) => {
    const runs = rounds.map((round) => round[name]);
    const ratios = limitName ? rounds.map((round) => round[name].seconds / round[limitName].seconds) : [];
    const of = (field) => quartiles(runs.map((run) => run[field]));
    return {
      name,
      isOwn: first[name].isOwn ?? false,
      seconds: of('seconds'),
      ratio: limitName ? quartiles(ratios) : null,
      cpu: of('cpu'),
      registryCpu: of('registryCpu'),
      peakMemory: Math.max(...runs.map((run) => run.peakMemory)),
      temporaryDisk: Math.max(...runs.map((run) => run.temporaryDisk)),
      bytesRead: of('bytesRead').middle,
      bytesWritten: of('bytesWritten').middle,
      stored: runs[0].stored,
      requests: runs[0].requests,
    };
  });
}

/** Lower quartile, median and upper quartile, by linear interpolation. */
export function quartiles(values) {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const at = (share) => {
    const place = (sorted.length - 1) * share;
    const below = sorted[Math.floor(place)] ?? 0;
    return below + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? below) - below);
  };
  return { lower: at(0.25), middle: at(0.5), upper: at(0.75) };
}

/** A table in Markdown. */
export function tableOf(summaries, gigabytes) {
  const head = [
    '',
    'x limit (lower quartile)',
    'spread',
    'seconds',
    'CPU s',
    'CPU s/GB',
    'registry CPU s',
    'peak MB',
    'temp MB',
    'read MB',
    'written MB',
    'requests',
  ];
  const rows = summaries.map((one) => [
    one.name,
    one.ratio ? one.ratio.lower.toFixed(2) : '',
    one.ratio ? `${one.ratio.lower.toFixed(2)}–${one.ratio.upper.toFixed(2)}` : '',
    one.seconds.lower.toFixed(2),
    one.cpu.lower.toFixed(2),
    (one.cpu.lower / gigabytes).toFixed(2),
    one.registryCpu.lower.toFixed(2),
    megabytes(one.peakMemory),
    megabytes(one.temporaryDisk),
    megabytes(one.bytesRead),
    megabytes(one.bytesWritten),
    Object.values(one.requests ?? {}).reduce((sum, count) => sum + count, 0) || '',
  ]);
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Requests by kind of each contender that sent any. */
export function requestsOf(summaries) {
  return summaries
    .filter((one) => Object.keys(one.requests ?? {}).length > 0)
    .map(
      (one) =>
        `- ${one.name}: ${Object.entries(one.requests)
          .sort()
          .map(([kind, count]) => `${kind} ${count}`)
          .join(', ')}`,
    )
    .join('\n');
}

function megabytes(bytes) {
  return Math.round(bytes / 1e6);
}

const WIDTH = 640;
const ROW = 30;
const LEFT = 170;
const TOP = 44;

/** Bars of the ratios: the bar ends at the lower quartile, the thin line spans to the upper one. */
export function pictureOf(title, summaries) {
  const bars = summaries.filter((one) => one.ratio);
  const most = Math.max(...bars.map((one) => one.ratio.upper), 1);
  const scale = (WIDTH - LEFT - 70) / most;
  const height = TOP + bars.length * ROW + 14;
  const rows = bars.map((one, at) => {
    const y = TOP + at * ROW;
    const { lower, upper } = one.ratio;
    const color = one.isOwn ? '#2f6f4f' : '#9aa5a0';
    return [
      `<text x="${LEFT - 10}" y="${y + 15}" text-anchor="end">${one.name}</text>`,
      `<rect x="${LEFT}" y="${y + 2}" width="${fixed(lower * scale)}" height="18" rx="2" fill="${color}"/>`,
      `<line x1="${fixed(LEFT + lower * scale)}" x2="${fixed(LEFT + upper * scale)}" y1="${y + 11}" y2="${y + 11}" stroke="#555"/>`,
      `<text x="${fixed(LEFT + upper * scale + 8)}" y="${y + 15}">${lower.toFixed(2)}</text>`,
    ].join('\n');
  });
  const one = fixed(LEFT + scale);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="Inter, sans-serif" font-size="13" fill="#222">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="14" y="24" font-size="15" font-weight="600">${title}</text>
<line x1="${one}" x2="${one}" y1="${TOP - 6}" y2="${height - 8}" stroke="#bbb" stroke-dasharray="3 3"/>
${rows.join('\n')}
</svg>
`;
}

function fixed(value) {
  return value.toFixed(1);
}
