// The number of inputs that were refused before RunComfy saw them, by hour, model, input and rule; kept for a day.

import { isNumber, isText } from '../../lib/guard.ts';
import { column } from '../../storage/column.ts';
import { statement } from '../../storage/statement.ts';

/** `input`: the name in the model's schema; '' if the rule is about none of them. */
export type Refusals = { modelId: string; input: string; rule: string; refused: number };

const HOUR_MS = 3_600_000;
const KEPT_MS = 25 * HOUR_MS;

const ADD = statement<{ hourMs: number; refusals: string }>(
  `INSERT INTO refusals (hour_ms, model_id, input, rule, refused)
   SELECT :hourMs, value ->> 'modelId', value ->> 'input', value ->> 'rule', value ->> 'refused'
   FROM json_each(:refusals) WHERE true
   ON CONFLICT DO UPDATE SET refused = refused + excluded.refused`,
);
const DELETE_OLD = statement<{ beforeMs: number }>('DELETE FROM refusals WHERE hour_ms < :beforeMs');

export async function addRefusals(db: D1Database, refusals: Refusals[], nowMs: number): Promise<void> {
  await db.batch([
    ADD(db, { hourMs: nowMs - (nowMs % HOUR_MS), refusals: JSON.stringify(refusals) }),
    DELETE_OLD(db, { beforeMs: nowMs - KEPT_MS }),
  ]);
}

const READ = statement<{ sinceMs: number }>(
  `SELECT model_id, input, rule, SUM(refused) AS refused FROM refusals WHERE hour_ms > :sinceMs
   GROUP BY model_id, input, rule ORDER BY refused DESC, model_id, input, rule LIMIT 50`,
);

/** The most frequent refusals since then, to the hour. */
export async function readRefusals(db: D1Database, sinceMs: number): Promise<Refusals[]> {
  const { results } = await READ(db, { sinceMs: sinceMs - HOUR_MS }).all();
  return results.map((row) => ({
    modelId: column(row, 'model_id', isText),
    input: column(row, 'input', isText),
    rule: column(row, 'rule', isText),
    refused: column(row, 'refused', isNumber),
  }));
}
