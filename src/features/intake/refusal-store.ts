// How often inputs were refused before RunComfy saw them, by hour, model, input and rule; kept for a day.

import { isNumber, isText } from '../../lib/guard.ts';
import { column } from '../../storage/column.ts';

/** `input`: the name in the model's schema; '' where the rule is about none of them. */
export type Refusals = { modelId: string; input: string; rule: string; refused: number };

const HOUR_MS = 3_600_000;
const KEPT_MS = 25 * HOUR_MS;

const ADD = `INSERT INTO refusals (hour_ms, model_id, input, rule, refused)
  SELECT ?2, value ->> 'modelId', value ->> 'input', value ->> 'rule', value ->> 'refused' FROM json_each(?1) WHERE true
  ON CONFLICT DO UPDATE SET refused = refused + excluded.refused`;

export async function addRefusals(db: D1Database, refusals: Refusals[], nowMs: number): Promise<void> {
  await db.batch([
    db.prepare(ADD).bind(JSON.stringify(refusals), nowMs - (nowMs % HOUR_MS)),
    db.prepare('DELETE FROM refusals WHERE hour_ms < ?1').bind(nowMs - KEPT_MS),
  ]);
}

/** The most frequent ones since then, to the hour. */
export async function readRefusals(db: D1Database, sinceMs: number): Promise<Refusals[]> {
  const { results } = await db
    .prepare(
      `SELECT model_id, input, rule, SUM(refused) AS refused FROM refusals WHERE hour_ms > ?1
       GROUP BY model_id, input, rule ORDER BY refused DESC, model_id, input, rule LIMIT 50`,
    )
    .bind(sinceMs - HOUR_MS)
    .all();
  return results.map((row) => ({
    modelId: column(row, 'model_id', isText),
    input: column(row, 'input', isText),
    rule: column(row, 'rule', isText),
    refused: column(row, 'refused', isNumber),
  }));
}
