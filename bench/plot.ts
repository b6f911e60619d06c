// A plot of cost against load as SVG: CPU per request and median latency over the connections, a line a scenario. Pure.

export type Series = { name: string; points: { connections: number; cpuMicros: number; p50Ms: number }[] };

type Panel = { title: string; unit: string; read: (point: Series['points'][number]) => number };

const PANELS: Panel[] = [
  { title: 'CPU of workerd per request', unit: 'µs', read: ({ cpuMicros }) => cpuMicros },
  { title: 'Median latency', unit: 'ms', read: ({ p50Ms }) => p50Ms },
];
const COLOURS = ['#6b7280', '#d97706', '#2563eb', '#059669', '#7c3aed', '#dc2626', '#0891b2'];

const PANEL = { width: 420, height: 260, left: 56, top: 44, right: 20, bottom: 44 };
const ROW_HEIGHT = 20;

export function plot(title: string, all: Series[]): string {
  const width = PANEL.width * PANELS.length;
  const height = PANEL.height + 24 + all.length * ROW_HEIGHT;
  const legend = all.map(({ name }, at) => {
    const y = PANEL.height + 20 + at * ROW_HEIGHT;
    return `<rect x="${PANEL.left}" y="${y - 9}" width="14" height="4" fill="${colour(at)}"/>
<text x="${PANEL.left + 22}" y="${y - 3}">${escaped(name)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="white"/>
<text x="${PANEL.left}" y="18" font-size="14" font-weight="bold">${escaped(title)}</text>
${PANELS.map((panel, at) => panelOf(panel, at * PANEL.width, all)).join('\n')}
${legend.join('\n')}
</svg>
`;
}

function panelOf({ title, unit, read }: Panel, x: number, all: Series[]): string {
  const loads = [...new Set(all.flatMap(({ points }) => points.map(({ connections }) => connections)))];
  const highest = Math.max(...all.flatMap(({ points }) => points.map(read)));
  const step = niceStep(highest);
  const top = Math.ceil(highest / step) * step;
  const innerWidth = PANEL.width - PANEL.left - PANEL.right;
  const innerHeight = PANEL.height - PANEL.top - PANEL.bottom;
  const xOf = (connections: number) =>
    PANEL.left + (loads.indexOf(connections) / Math.max(1, loads.length - 1)) * innerWidth;
  const yOf = (value: number) => PANEL.top + (1 - value / top) * innerHeight;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  const grid = ticks.map(
    (
      value,
    ) => `<line x1="${PANEL.left}" x2="${PANEL.left + innerWidth}" y1="${yOf(value)}" y2="${yOf(value)}" stroke="#e5e7eb"/>
<text x="${PANEL.left - 8}" y="${yOf(value) + 4}" text-anchor="end">${Number(value.toPrecision(6))}</text>`,
  );
  const axis = loads.map(
    (load) => `<text x="${xOf(load)}" y="${PANEL.height - 26}" text-anchor="middle">${load}</text>`,
  );
  const lines = all.map(({ points }, at) => {
    const path = points.map((point) => `${xOf(point.connections)},${yOf(read(point)).toFixed(1)}`).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${colour(at)}" stroke-width="2"/>`;
  });
  return `<g transform="translate(${x} 0)">
<text x="${PANEL.left}" y="36">${escaped(title)}, ${unit}</text>
${[...grid, ...axis, ...lines].join('\n')}
<text x="${PANEL.left + innerWidth / 2}" y="${PANEL.height - 8}" text-anchor="middle">connections that ask at once</text>
</g>`;
}

/** 1, 2 or 5 times a power of ten, so that there are about five steps. */
function niceStep(highest: number): number {
  const rough = highest / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

function colour(at: number): string {
  return COLOURS[at % COLOURS.length] ?? 'black';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
