// The rows of plans.

import { audited, stateOf, type Change } from '../audit/store.ts';
import { isLimits, type LimitsPatch } from '../ledger/limits.ts';
import { column, jsonColumn, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { isNumber, isText, isTexts, orNull } from '../../lib/guard.ts';
import { isPlanId, type PlanId } from '../../lib/ids.ts';
import { behind, type Page } from '../../storage/page.ts';
import type { Plan } from './plan.ts';

/** As a list shows it. */
export type ListedPlan = Plan & { createdAtMs: number; customers: number };

export function planOf(row: Row): Plan {
  return {
    id: column(row, 'id', isPlanId),
    name: column(row, 'name', isText),
    limits: jsonColumn(row, 'limits', isLimits),
    markupE4: column(row, 'markup_e4', orNull(isNumber)),
    models: jsonColumnOrNull(row, 'models', isTexts),
  };
}

function listedOf(row: Row): ListedPlan {
  return {
    ...planOf(row),
    createdAtMs: column(row, 'created_at_ms', isNumber),
    customers: column(row, 'customers', isNumber),
  };
}

const FIELDS = `id, name, limits, markup_e4, models, created_at_ms,
  (SELECT COUNT(*) FROM customers WHERE plan_id = plans.id) AS customers`;

/** A plan as the audit shows it. */
const STATE = stateOf(
  'plans',
  "'name', name, 'limits', json(limits), 'markup_e4', markup_e4, 'models', json(models)",
);

/** Absent keeps; null removes. */
export type PlanPatch = {
  name?: string | undefined;
  limits?: LimitsPatch | undefined;
  markupE4?: number | null | undefined;
  models?: string[] | null | undefined;
};

export async function insertPlan(
  db: D1Database,
  plan: PlanPatch & { id: PlanId; name: string },
  change: Change,
): Promise<ListedPlan | 'taken' | 'missing'> {
  const statement = db
    .prepare(
      `INSERT INTO plans (id, name, limits, markup_e4, models, created_at_ms)
       VALUES (?1, ?2, json_patch('{}', ?3), ?4, ?5, ?6) RETURNING ${FIELDS}`,
    )
    .bind(
      plan.id,
      plan.name,
      JSON.stringify(plan.limits ?? {}),
      plan.markupE4 ?? null,
      textOrNull(plan.models),
      change.atMs,
    );
  return write(db, statement, change);
}

/** For all customers on it at once: the gate reads the row with every submit. */
export async function patchPlan(
  db: D1Database,
  id: string,
  { patch, change }: { patch: PlanPatch; change: Change },
): Promise<ListedPlan | 'taken' | 'missing'> {
  const statement = db
    .prepare(
      `UPDATE plans SET name = COALESCE(?2, name), limits = json_patch(limits, ?3),
         markup_e4 = CASE WHEN ?4 THEN ?5 ELSE markup_e4 END, models = CASE WHEN ?6 THEN ?7 ELSE models END
       WHERE id = ?1 RETURNING ${FIELDS}`,
    )
    .bind(
      id,
      patch.name ?? null,
      JSON.stringify(patch.limits ?? {}),
      patch.markupE4 === undefined ? 0 : 1,
      patch.markupE4 ?? null,
      patch.models === undefined ? 0 : 1,
      textOrNull(patch.models),
    );
  return write(db, statement, change);
}

/** Deletes a plan that no customer is on and that is not the default; null: there is none of this id. */
export async function dropPlan(
  db: D1Database,
  id: string,
  change: Change,
): Promise<'dropped' | 'in use' | null> {
  const audit = audited(db, change, STATE);
  const [found, , dropped] = await db.batch<Record<string, unknown>>([
    db.prepare('SELECT id FROM plans WHERE id = ?1').bind(id),
    ...audit.before,
    db
      .prepare(
        `DELETE FROM plans WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM customers WHERE plan_id = ?1)
           AND NOT EXISTS (SELECT 1 FROM settings WHERE default_plan_id = ?1)`,
      )
      .bind(id),
    ...audit.behind,
  ]);
  if (rowsOf(found).length === 0) {
    return null;
  }
  return dropped?.meta.changes === 1 ? 'dropped' : 'in use';
}

/** A page, oldest first. */
export async function readPlans(db: D1Database, page: Page): Promise<ListedPlan[]> {
  const { results } = await db
    .prepare(`SELECT ${FIELDS} FROM plans WHERE ${behind('oldest', '?1', '?2')} LIMIT ?3`)
    .bind(page.afterMs, page.afterId, page.limit)
    .all();
  return results.map(listedOf);
}

async function write(
  db: D1Database,
  statement: D1PreparedStatement,
  change: Change,
): Promise<ListedPlan | 'taken' | 'missing'> {
  const audit = audited(db, change, STATE);
  try {
    const [, written] = await db.batch<Record<string, unknown>>([
      ...audit.before,
      statement,
      ...audit.behind,
    ]);
    const [row] = rowsOf(written);
    return row === undefined ? 'missing' : listedOf(row);
  } catch (error) {
    if (error instanceof Error && error.message.includes('UNIQUE constraint failed: plans.name')) {
      return 'taken';
    }
    throw error;
  }
}

function textOrNull(models: string[] | null | undefined): string | null {
  return models === null || models === undefined ? null : JSON.stringify(models);
}
