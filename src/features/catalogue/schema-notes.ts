// Notes on a model's schema for the operator: keywords that the judge and media rules that the probe leave out.

import { ruleNotes } from '../media/rules.ts';
import type { Compiled } from '../input-schema/judge.ts';

/** One sentence each; for a schema that cannot judge, the reason alone. */
export function schemaNotes(schema: Record<string, unknown>, compiled: Compiled): string[] {
  return compiled.ok ? [...compiled.notes, ...ruleNotes(schema)] : [compiled.reason];
}
