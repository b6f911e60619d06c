// The verdicts of json-schema-library, which has no part in the gateway, beside those of the judge.

import * as fc from 'fast-check';
import { compileSchema, draft2020 } from 'json-schema-library';
import { parseStrictJson } from '../../src/lib/json.ts';
import { translate } from '../../src/features/input-schema/dialect.ts';
import { compileJudge } from '../../src/features/input-schema/judge.ts';
import { hostileInput } from './hostile.ts';
import { randomOf } from './random.ts';
import { mutationsOf, valuesOf } from './schema-inputs.ts';

const SEED = 20_261_129;

/**
 * Throws unless the judge accepts what the library accepts, and nothing else: of valid inputs, of each single mutation
 * of one, and of broken ones. Answers how many inputs were accepted and how many refused.
 */
export function checkByLibrary(schema: Record<string, unknown>, runs: number): { yes: number; no: number } {
  const compiled = compileJudge(schema);
  if (!compiled.ok) {
    throw new Error(compiled.reason);
  }
  const library = compileSchema(translate(schema).schema, { drafts: [draft2020], formatAssertion: false });
  const random = randomOf(SEED);
  const verdicts = { yes: 0, no: 0 };
  for (const valid of fc.sample<any>(valuesOf(schema), { seed: SEED, numRuns: runs })) {
    const mutations = mutationsOf(schema, valid).map(({ input }) => input);
    const broken = Array.from({ length: 5 }, () => hostileInput(valid, random));
    for (const input of [valid, ...mutations, ...broken].filter(isRead)) {
      const isAccepted = compiled.judge.check(input).length === 0;
      if (isAccepted !== library.validate(input).valid) {
        throw new Error(`${isAccepted ? 'accepted' : 'refused'}: ${JSON.stringify(input)}`.slice(0, 2000));
      }
      verdicts[isAccepted ? 'yes' : 'no'] += 1;
    }
  }
  return verdicts;
}

/** The library fails on names such as "constructor", which no body may have. */
function isRead(input: unknown): boolean {
  return parseStrictJson(new TextEncoder().encode(JSON.stringify(input))).ok;
}
