// The stored result of a job: JSON, which is parsed only for an answer.

import { parseExactJson } from '../../lib/exact-json.ts';
import { isText, oneOf, orAbsent } from '../../lib/guard.ts';
import { isJsonObject } from '../../lib/json.ts';
import type { JobResult } from '../runcomfy/wire.ts';
import type { EndedJob, KeptEnd } from './job.ts';

const isEndState = oneOf(['succeeded', 'failed', 'cancelled']);

/** Numbers keep their digits. Throws when the JSON is something else, because then the table is not ours. */
export function readResult(json: string): JobResult {
  const result = parseExactJson(json);
  if (!isResult(result)) {
    throw new TypeError('the column result holds something else');
  }
  return result;
}

export function readEnd(kept: KeptEnd): EndedJob {
  return { ...kept, result: kept.result === null ? null : readResult(kept.result) };
}

function isResult(value: unknown): value is JobResult {
  return (
    isJsonObject(value) &&
    isEndState(value['state']) &&
    [value['modelId'], value['createdAt'], value['finishedAt']].every(orAbsent(isText))
  );
}
