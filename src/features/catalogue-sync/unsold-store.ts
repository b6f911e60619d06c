// The models of RunComfy that nobody can buy here, and the models that keep an older schema.

import { isText, oneOf } from '../../lib/guard.ts';
import { column, jsonColumn, jsonColumnOrNull } from '../../storage/column.ts';
import { needsJudge, VALIDATION_MODES } from '../catalogue/model.ts';
import { isPrice } from '../pricing/price-format.ts';
import type { Findings } from './sync-plan.ts';
import { isFindings } from './synced-store.ts';

/** `isUnsold`: nobody can buy the model, as far as the sync knows. */
export type Concerning = { id: string; findings: Findings; isUnsold: boolean };

const isMode = oneOf(VALIDATION_MODES);

/** A model that was withdrawn by hand is no concern, and neither is an alias. */
const LIST = `SELECT id, price, validation, findings FROM models INDEXED BY models_with_findings
  WHERE findings IS NOT NULL AND offered = 1 AND alias_of IS NULL AND (findings ->> 'unpriced' IS NOT NULL
    OR findings ->> 'unusable' IS NOT NULL OR findings ->> 'kept' IS NOT NULL) ORDER BY id`;

export async function listConcerning(db: D1Database): Promise<Concerning[]> {
  const { results } = await db.prepare(LIST).all();
  return results.map((row) => {
    const findings = jsonColumn(row, 'findings', isFindings);
    const price = jsonColumnOrNull(row, 'price', isPrice);
    const isJudged = needsJudge({ price, validation: column(row, 'validation', isMode) });
    const isUnsold = findings.unpriced !== undefined || (findings.unusable !== undefined && isJudged);
    return { id: column(row, 'id', isText), findings, isUnsold };
  });
}
