// Notes on a model's schema for the operator: keywords and media rules that are not enforced.

import type { JsonObject } from '../../lib/json.ts';
import { ruleNotes } from '../media/rules.ts';
import type { Compiled } from '../input-schema/judge.ts';

/** One sentence each. A schema that cannot be used has one: the reason. */
export function schemaNotes(schema: JsonObject, compiled: Compiled): string[] {
  return compiled.ok ? [...compiled.notes, ...ruleNotes(schema)] : [compiled.reason];
}
