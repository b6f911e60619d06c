// What the usage calls of both planes share: their parameters, and the answer as JSON or CSV. Which columns a
// caller may see is told by the plane.

import * as z from 'zod/mini';
import { csvOf, jsonOf, type Cells } from '../lib/cells.ts';
import { instant } from './instant.ts';
import {
  monthOf,
  showDay,
  totalOf,
  type Group,
  type Usage,
  type UsageReport,
  type UsageRow,
} from '../features/usage/usage.ts';
import type { AppContext } from './context.ts';

/** Without from and to it is about the current UTC month. */
export function usageParameters(groups: readonly Group[], nowMs: number) {
  const { fromMs, toMs } = monthOf(nowMs);
  const listed = z.pipe(
    z.string(),
    z.transform((text) => text.split(',')),
  );
  const groupsOnce = z
    .array(z.enum(groups))
    .check(z.refine((names) => new Set(names).size === names.length, 'names a group twice'));
  return {
    from: z._default(instant, fromMs),
    to: z._default(instant, toMs),
    group_by: z._default(z.pipe(listed, groupsOnce), []),
    format: z._default(z.enum(['json', 'csv']), 'json'),
  };
}

export function isForward({ from, to }: { from: number; to: number }): boolean {
  return from < to;
}

export const NOT_FORWARD = { path: ['from'], message: 'must be before to' };

type Asked = { from: number; to: number; group_by: Group[]; format: 'json' | 'csv' };

/** The report's answer; `show` names the columns behind those of the groups. */
export function answerUsage(
  c: AppContext,
  { from, to, group_by: groups, format }: Asked,
  { report: { rows, open }, show }: { report: UsageReport; show: (usage: Usage) => Cells },
): Response {
  const total = show(totalOf(rows));
  const items = groups.length === 0 ? [total] : rows.map((row) => ({ ...showGroups(row), ...show(row) }));
  if (format === 'csv') {
    const columns: string[] = COLUMNS.filter(({ group }) => groups.includes(group)).map(({ name }) => name);
    return c.body(csvOf([...columns, ...Object.keys(total)], items), 200, {
      'Content-Type': 'text/csv; charset=utf-8',
    });
  }
  const period = `"from":"${new Date(from).toISOString()}","to":"${new Date(to).toISOString()}"`;
  const held = jsonOf({ jobs: open.jobs, held_usd: open.held });
  const json = `{${period},"items":[${items.map(jsonOf).join(',')}],"total":${jsonOf(total)},"open":${held}}`;
  return c.body(json, 200, { 'Content-Type': 'application/json' });
}

const COLUMNS = [
  { group: 'customer', name: 'customer' },
  { group: 'key', name: 'key' },
  { group: 'model', name: 'model_id' },
  { group: 'day', name: 'day' },
] as const;

function showGroups(row: UsageRow): Cells {
  const cells: Cells = {};
  for (const { group, name } of COLUMNS) {
    const value = row[group];
    if (value !== null) {
      cells[name] = typeof value === 'number' ? showDay(value) : value;
    }
  }
  return cells;
}
