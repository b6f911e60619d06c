// The rows of plans.

import { audited, stateOf, type Change } from '../audit/store.ts';
import { isLimits, type LimitsPatch } from '../ledger/limits.ts';
import { column, jsonColumn, jsonColumnOrNull, rowsOf, type Row } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';
import { isNumber, isText, isTexts, orNull } from '../../lib/guard.ts';
import { isPlanId, type PlanId } from '../../lib/ids.ts';
import { behind, type Page } from '../../storage/page.ts';
import type { Plan } from './plan.ts';

/** A plan with the columns that a list shows. */
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

type PlanValues = {
  id: string;
  /** Null keeps the name. */
  name: string | null;
  /** JSON. */
  limits: string;
  setsMarkup: number;
  markupE4: number | null;
  setsModels: number;
  /** JSON. */
  models: string | null;
};

function valuesOf(id: string, { name, limits, markupE4, models }: PlanPatch): PlanValues {
  return {
    id,
    name: name ?? null,
    limits: JSON.stringify(limits ?? {}),
    setsMarkup: markupE4 === undefined ? 0 : 1,
    markupE4: markupE4 ?? null,
    setsModels: models === undefined ? 0 : 1,
    models: models === null || models === undefined ? null : JSON.stringify(models),
  };
}

const INSERT = statement<PlanValues & { nowMs: number }>(
  `INSERT INTO plans (id, name, limits, markup_e4, models, created_at_ms)
   VALUES (:id, :name, json_patch('{}', :limits), :markupE4, :models, :nowMs) RETURNING ${FIELDS}`,
);

export async function insertPlan(
  db: D1Database,
  plan: PlanPatch & { id: PlanId; name: string },
  change: Change,
): Promise<ListedPlan | 'taken' | 'missing'> {
  return write(db, INSERT(db, { ...valuesOf(plan.id, plan), nowMs: change.atMs }), change);
}

const PATCH = statement<PlanValues>(
  `UPDATE plans SET name = COALESCE(:name, name), limits = json_patch(limits, :limits),
     markup_e4 = CASE WHEN :setsMarkup THEN :markupE4 ELSE markup_e4 END,
     models = CASE WHEN :setsModels THEN :models ELSE models END
   WHERE id = :id RETURNING ${FIELDS}`,
);

/** Changes the plan for all of its customers at once: the gate reads the row with every submit. */
export async function patchPlan(
  db: D1Database,
  id: string,
  { patch, change }: { patch: PlanPatch; change: Change },
): Promise<ListedPlan | 'taken' | 'missing'> {
  return write(db, PATCH(db, valuesOf(id, patch)), change);
}

const FIND_ID = statement<{ id: string }>('SELECT id FROM plans WHERE id = :id');

const DELETE = statement<{ id: string }>(
  `DELETE FROM plans WHERE id = :id AND NOT EXISTS (SELECT 1 FROM customers WHERE plan_id = :id)
     AND NOT EXISTS (SELECT 1 FROM settings WHERE default_plan_id = :id)`,
);

/** Deletes a plan that no customer is on and that is not the default; null: there is no such plan. */
export async function dropPlan(
  db: D1Database,
  id: string,
  change: Change,
): Promise<'dropped' | 'in use' | null> {
  const audit = audited(db, change, STATE);
  const [found, , dropped] = await db.batch<Record<string, unknown>>([
    FIND_ID(db, { id }),
    ...audit.before,
    DELETE(db, { id }),
    ...audit.behind,
  ]);
  if (rowsOf(found).length === 0) {
    return null;
  }
  return dropped?.meta.changes === 1 ? 'dropped' : 'in use';
}

const LIST = statement<Page>(
  `SELECT ${FIELDS} FROM plans WHERE ${behind('oldest', ':afterMs', ':afterId')} LIMIT :limit`,
);

/** A page, oldest first. */
export async function readPlans(db: D1Database, page: Page): Promise<ListedPlan[]> {
  const { results } = await LIST(db, page).all();
  return results.map(listedOf);
}

async function write(
  db: D1Database,
  written: D1PreparedStatement,
  change: Change,
): Promise<ListedPlan | 'taken' | 'missing'> {
  const audit = audited(db, change, STATE);
  try {
    const [, result] = await db.batch<Record<string, unknown>>([...audit.before, written, ...audit.behind]);
    const [row] = rowsOf(result);
    return row === undefined ? 'missing' : listedOf(row);
  } catch (error) {
    if (error instanceof Error && error.message.includes('UNIQUE constraint failed: plans.name')) {
      return 'taken';
    }
    throw error;
  }
}
