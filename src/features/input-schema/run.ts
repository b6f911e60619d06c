// One run of a validator over one input: its position, the rules that the input breaks, and the remaining work.

import type { Step } from '../../lib/member-path.ts';
import type { Effort } from './effort.ts';
import type { Schema } from './keyword-shapes.ts';

/** The keyword that a value breaks, the path to the value, and the schema with the keyword. */
export type BrokenRule = { rule: string; steps: Step[]; schema: Schema | false };

export type Report = {
  broken: BrokenRule[];
  /** Only broken rules of these inputs are kept; null keeps all. */
  about: ReadonlySet<unknown> | null;
  /** The number of path steps to the reported value. */
  depth: number;
  /** The value breaks a rule that identifies the form, so it was meant for another one. */
  isOtherForm: boolean;
};

/** `report` is null if only the verdict is needed: then the first broken rule decides. */
export type Run = { effort: Effort; steps: Step[]; report: Report | null };

/** The evaluated members and items: these, and so many of the first items. */
export type Evaluated = { steps: Set<Step>; firstItems: number };

/** True if the value is valid. `evaluated` is null if no keyword needs it. */
export type Check = (value: unknown, run: Run, evaluated: Evaluated | null) => boolean;

/** Compiles the check of an inner schema. */
export type Compile = (schema: unknown) => Check;

/** A run stops at this many errors, so that a long list of wrong items does not become a longer list of errors. */
export const MAX_ERRORS = 20;

const FORM_RULES = new Set(['type', 'enum', 'const']);
/** Steps to note a broken rule and its path. */
const BROKEN_STEPS = 3;

export function newReport(about: Report['about'], depth: number): Report {
  return { broken: [], about, depth, isOtherForm: false };
}

/** Reports the rule at the position of the run. Returns the verdict. */
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

/** True if the verdict is known or there are enough errors. */
export function isDone({ report }: Run): boolean {
  return report === null || report.broken.length >= MAX_ERRORS;
}

/** Reports a missing member or a wrong name. */
export function brokenAt(name: string, run: Run, [rule, schema]: [string, Schema]): false {
  run.steps.push(name);
  broken(run, rule, schema);
  run.steps.pop();
  return false;
}

/** The verdict, without a report. */
export function quietly(run: Run, check: () => boolean): boolean {
  const { report } = run;
  run.report = null;
  const isValid = check();
  run.report = report;
  return isValid;
}
