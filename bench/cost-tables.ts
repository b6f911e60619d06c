// Checks the tables of docs/cost.md: counts are those of bench/budgets.json, sums and dollars follow from other rows.

type Counts = { rowsRead: number; rowsWritten: number; kvReads: number; kvWrites: number };

/** `units`: requests, CPU, rows read and written, KV reads and writes, log events. */
type Row = { label: string; times: number; units: number[]; usd: number };

const UNITS = 7;
/** Figures are rounded to two decimals. */
const TOLERANCE = 0.0051;
const NO_PATH: Counts = { rowsRead: NaN, rowsWritten: NaN, kvReads: NaN, kvWrites: NaN };

/** Rows with a label, how often, the units and dollars. The head of a table has the label ''. */
function rowsOf(page: string): Row[] {
  return page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.length === UNITS + 5 && cells[1]?.startsWith('--') === false)
    .map(([, label = '', ...rest]) => {
      const [times = 0, ...figures] = rest.map((cell) => Number(cell.replaceAll(',', '')));
      return { label, times, units: figures.slice(0, UNITS), usd: figures[UNITS] ?? 0 };
    });
}

/** A row that is named after a path of the budgets has its counts, divided by the number after a ÷. */
function unitsOf({ label, units }: Row, budgets: Record<string, Counts>): number[] {
  const [, path, calls = '1'] = /^`(.+)`(?: ÷ (\d+))?$/.exec(label) ?? [];
  if (path === undefined) {
    return units;
  }
  const { rowsRead, rowsWritten, kvReads, kvWrites } = budgets[path] ?? NO_PATH;
  const counts = [rowsRead, rowsWritten, kvReads, kvWrites].map((count) => count / Number(calls));
  return [...units.slice(0, 2), ...counts, ...units.slice(6)];
}

/** A sentence for each row with a wrong figure. */
export function costMistakes(page: string, budgets: Record<string, Counts>): string[] {
  const rows = rowsOf(page);
  const prices = rows.find(({ label }) => label === '$ a million')?.units ?? [];
  const priced = (units: number[]) => units.map((unit, at) => unit * (prices[at] ?? NaN));
  let sum: number[] = [];

  /** The units and then the dollars; null: the row is not checked. */
  function wantedOf(row: Row): number[] | null {
    const { label, times } = row;
    if (times > 0) {
      const units = unitsOf(row, budgets);
      sum = units.map((unit, at) => (sum[at] ?? 0) + times * unit);
      return [...units, total(priced(units))];
    }
    if (label.startsWith('**')) {
      return [...sum, total(priced(sum))];
    }
    return label === '$ a million jobs' ? [...priced(sum), total(priced(sum))] : null;
  }

  return rows.flatMap((row) => {
    sum = row.label === '' ? [] : sum;
    const wanted = wantedOf(row);
    const isRight = [...row.units, row.usd].every((figure, at) =>
      wanted === null ? true : Math.abs(figure - (wanted[at] ?? NaN)) < TOLERANCE,
    );
    const figures = wanted?.map((figure) => Number(figure.toFixed(2)).toLocaleString('en-US')) ?? [];
    return isRight ? [] : [`${row.label}: the figures are ${figures.join(' | ')}`];
  });
}

function total(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
