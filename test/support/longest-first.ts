// The order of test files. Two run at a time, so the last ones have to be short.

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take seconds, though they are no larger than others. */
const LONG = [
  'test/scenario/cuts.test.ts',
  'test/scenario/g2-hard-caps.test.ts',
  'test/http/authorization-matrix.test.ts',
  'test/scenario/crashes.test.ts',
  'test/scenario/g5-fairness.test.ts',
  'test/scenario/vault-under-load.test.ts',
  'test/scenario/g6-revocation.test.ts',
  'test/scenario/g5-no-lost-job.test.ts',
  'test/scenario/job-size.test.ts',
  'test/scenario/submit-time.test.ts',
  'test/scenario/idempotency.test.ts',
  'test/scenario/g7-secrets.test.ts',
  'test/budgets.test.ts',
];

/** Long files first, then as Vitest has them: by the time of the last run, or by size. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort.call(this, files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) => {
      const own = sorted.filter((file) => file.project === project);
      return own.toSorted((one, other) => Number(isLong(other)) - Number(isLong(one)));
    });
  }
}

function isLong({ moduleId }: TestSpecification): boolean {
  return LONG.some((name) => moduleId.endsWith(name));
}
