// One run of a validator over one input: where it stands, which rules the input breaks, what work it may still do.

import type { Step } from '../../lib/member-path.ts';
import type { Effort } from './effort.ts';
import type { Schema } from './keyword-shapes.ts';

/** The keyword that a value breaks, the way to the value, and the schema that has the keyword. */
export type BrokenRule = { rule: string; steps: Step[]; schema: Schema | false };

export type Report = {
  broken: BrokenRule[];
  /** Rules about other inputs than these are not kept; null: all are. */
  about: ReadonlySet<unknown> | null;
  /** The number of steps to the value that is reported on. */
  depth: number;
  /** That value breaks a rule without which it is not of the form that the schema describes. */
  isOtherForm: boolean;
};

/** `report` is null where only the verdict is asked for: the first broken rule decides it. */
export type Run = { effort: Effort; steps: Step[]; report: Report | null };

/** The members and items that some keyword has looked at: these, and so many of the first items. */
export type Evaluated = { steps: Set<Step>; firstItems: number };

/** True when the value is valid. `evaluated` is null where no keyword asks for it. */
export type Check = (value: unknown, run: Run, evaluated: Evaluated | null) => boolean;

/** Makes the check of an inner schema. */
export type Compile = (schema: unknown) => Check;

/** A run stops here: a long list of wrong items must not become a longer list of errors. */
export const MAX_ERRORS = 20;

const FORM_RULES = new Set(['type', 'enum', 'const']);
/** To note a broken rule and the way to it. */
const BROKEN_STEPS = 3;

export function newReport(about: Report['about'], depth: number): Report {
  return { broken: [], about, depth, isOtherForm: false };
}

/** Reports the rule where the run stands; answers the verdict. */
export function broken({ report, steps, effort }: Run, rule: string, schema: Schema | false): false {
  if (report !== null) {
    effort.spend(BROKEN_STEPS);
    report.isOtherForm ||= steps.length === report.depth && FORM_RULES.has(rule);
    if (report.about === null || report.about.has(steps[0])) {
      report.broken.push({ rule, steps: [...steps], schema });
    }
  }
  return false;
}

/** True when the verdict is known, or there are enough errors to show. */
export function isDone({ report }: Run): boolean {
  return report === null || report.broken.length >= MAX_ERRORS;
}

/** The same about a member: one that is missing, or one whose name is wrong. */
export function brokenAt(name: string, run: Run, [rule, schema]: [string, Schema]): false {
  run.steps.push(name);
  broken(run, rule, schema);
  run.steps.pop();
  return false;
}

/** The verdict alone: nothing is reported. */
export function quietly(run: Run, check: () => boolean): boolean {
  const { report } = run;
  run.report = null;
  const isValid = check();
  run.report = report;
  return isValid;
}
