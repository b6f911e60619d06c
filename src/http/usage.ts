// The parameters and responses (JSON or CSV) that the usage calls of both planes share. Each plane names the columns
// that its callers can see.

import * as z from 'zod/mini';
import {
  MAX_DAYS,
  monthOf,
  showDay,
  totalOf,
  type Group,
  type Period,
  type Usage,
  type UsageReport,
  type UsageRow,
} from '../features/usage/usage.ts';
import { DAY_MS } from '../features/ledger/windows.ts';
import { csvOf, jsonCells, type Cells } from '../lib/cells.ts';
import { Problem } from '../lib/problem.ts';
import { instant } from './instant.ts';
import { csvAnswer, type Answer } from './route.ts';
import { commaList } from './text-schema.ts';

/** Spread into the query of a usage call. */
export function usageParameters<G extends readonly Group[]>(groups: G) {
  const groupsOnce = z
    .array(z.enum(groups))
    .check(z.refine((names) => new Set(names).size === names.length, 'names a group twice'));
  return {
    from: z.optional(instant),
    to: z.optional(instant),
    group_by: z._default(z.pipe(commaList, groupsOnce), []),
    format: z._default(z.enum(['json', 'csv']), 'json'),
  };
}

type Bounds = { from?: number | undefined; to?: number | undefined };

/**
 * From `from` (inclusive) to `to` (exclusive). An absent bound comes from the current UTC month. Throws 400 for an empty
 * period, for partial days and for more than MAX_DAYS.
 */
export function periodOf({ from, to }: Bounds, nowMs: number): Period {
  const month = monthOf(nowMs);
  const period = { fromMs: from ?? month.fromMs, toMs: to ?? month.toMs };
  const start = new Date(period.fromMs).toISOString();
  const end = new Date(period.toMs).toISOString();
  if (period.fromMs >= period.toMs) {
    throw from === undefined
      ? wrongPeriod('to', `${end} is not after ${start}, the start of this month; send from as well`)
      : wrongPeriod('from', `${start} is not before to, ${end}`);
  }
  if (period.fromMs % DAY_MS !== 0 || period.toMs % DAY_MS !== 0) {
    const [path, odd] = period.fromMs % DAY_MS === 0 ? ['to', end] : ['from', start];
    throw wrongPeriod(path, `${odd} is not the start of a day; a report takes whole UTC days`);
  }
  if (period.toMs - period.fromMs > MAX_DAYS * DAY_MS) {
    throw wrongPeriod('from', `${start} is more than ${MAX_DAYS} days before ${end}; ask for less at once`);
  }
  return period;
}

function wrongPeriod(path: string, message: string): Problem {
  return new Problem('invalid_parameter', `${path}: ${message}`, {
    errors: [{ path, rule: 'period', message }],
  });
}

type Asked = { group_by: Group[]; format: 'json' | 'csv' };

/** The cells of the groups that a row belongs to. */
type GroupCells = {
  customer?: string | undefined;
  key?: string | undefined;
  model_id?: string | undefined;
  day?: string | undefined;
  end_user?: string | undefined;
};

type Shown<C extends Cells> = ReturnType<typeof jsonCells<C>>;

export type UsageAnswer<C extends Cells> = {
  from: string;
  to: string;
  items: (GroupCells & Shown<C>)[];
  total: Shown<C>;
  open: { jobs: number; held_usd: RawJson };
};

/** The response of a report. `show` adds the columns that follow those of the groups. */
export function answerUsage<C extends Cells>(
  { group_by: groups, format }: Asked,
  period: Period,
  { report: { rows, open }, show }: { report: UsageReport; show: (usage: Usage) => C },
): UsageAnswer<C> | Answer<never> {
  const total = show(totalOf(rows));
  if (format === 'csv') {
    const columns: string[] = COLUMNS.filter(({ group }) => groups.includes(group)).map(({ name }) => name);
    const lines = groups.length === 0 ? [total] : rows.map((row) => ({ ...groupCells(row), ...show(row) }));
    return csvAnswer(csvOf([...columns, ...Object.keys(total)], lines));
  }
  return {
    from: new Date(period.fromMs).toISOString(),
    to: new Date(period.toMs).toISOString(),
    items:
      groups.length === 0
        ? [jsonCells(total)]
        : rows.map((row) => ({ ...groupCells(row), ...jsonCells(show(row)) })),
    total: jsonCells(total),
    open: jsonCells({ jobs: open.jobs, held_usd: open.held }),
  };
}

const COLUMNS = [
  { group: 'customer', name: 'customer' },
  { group: 'key', name: 'key' },
  { group: 'model', name: 'model_id' },
  { group: 'day', name: 'day' },
  { group: 'end_user', name: 'end_user' },
] as const;

function groupCells(row: UsageRow): Cells {
  const cells: Cells = {};
  for (const { group, name } of COLUMNS) {
    const value = row[group];
    if (value !== null) {
      cells[name] = typeof value === 'number' ? showDay(value) : value;
    }
  }
  return cells;
}
