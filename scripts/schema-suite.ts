// `npm run schema-suite -- DIR`: how the judge of inputs does on the required draft 2020-12 tests of the official
// JSON-Schema-Test-Suite, a clone of which is in DIR.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileJudge } from '../src/catalogue/judge.ts';
import { createValidator } from '../src/catalogue/validator.ts';
import { isJsonObject } from '../src/lib/json.ts';
import { giveUp, Mistake, say } from './terminal.ts';

type Group = {
  description: string;
  schema: unknown;
  tests: { description: string; data: unknown; valid: boolean }[];
};

/** Whether a value is accepted, or null where there is no verdict: the schema is refused as a whole. */
type Accepts = (value: unknown) => boolean | null;

const SUBJECTS: Record<string, (schema: unknown) => Accepts> = { judge: judged, validator: validated };

/** As the gateway does it: the schema is that of one input of a model. */
function judged(schema: unknown): Accepts {
  const compiled = compileJudge({ type: 'object', properties: { value: schema } });
  return (value) => (compiled.ok ? compiled.judge.check({ value }).length === 0 : null);
}

/** Without the dialect, which lets no reference pass. */
function validated(schema: unknown): Accepts {
  const validator = createValidator(isJsonObject(schema) ? schema : { allOf: [schema] });
  return (value) => (typeof validator === 'function' ? validator(value)?.length === 0 : null);
}

const VERDICTS = ['right', 'refused', 'accepted', 'unusable'] as const;
type Count = Record<(typeof VERDICTS)[number], number>;

const none = (): Count => ({ right: 0, refused: 0, accepted: 0, unusable: 0 });

function run(dir: string, verbose: boolean): void {
  const files = readdirSync(dir).filter((name) => name.endsWith('.json'));
  const totals = Object.fromEntries(Object.keys(SUBJECTS).map((subject) => [subject, none()]));
  say(`${'keyword'.padEnd(24)}${Object.keys(SUBJECTS).map(head).join('')}`);
  for (const file of files) {
    const groups: Group[] = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    const counts = Object.entries(SUBJECTS).map(([subject, compile]) => {
      const count = none();
      for (const group of groups) {
        tally(group, compile(group.schema), (verdict, what) => {
          count[verdict] += 1;
          Object.assign(totals[subject] ?? {}, { [verdict]: (totals[subject]?.[verdict] ?? 0) + 1 });
          if (verbose && (verdict === 'accepted' || verdict === 'refused')) {
            say(`  ${subject} ${verdict}: ${group.description}: ${what}`);
          }
        });
      }
      return count;
    });
    say(row(file.replace('.json', ''), counts));
  }
  say(row('all', Object.values(totals)));
}

function tally(group: Group, accepts: Accepts, count: (verdict: keyof Count, what: string) => void): void {
  for (const { description, data, valid } of group.tests) {
    const accepted = accepts(data);
    if (accepted === null) {
      count('unusable', description);
    } else if (accepted === valid) {
      count('right', description);
    } else {
      count(accepted ? 'accepted' : 'refused', description);
    }
  }
}

function head(subject: string): string {
  return VERDICTS.map((verdict) => `${subject[0]} ${verdict}`.padStart(12)).join('');
}

function row(name: string, counts: Count[]): string {
  const cells = counts.flatMap((count) => VERDICTS.map((verdict) => String(count[verdict]).padStart(9)));
  return `${name.padEnd(24)}${cells.join('')}`;
}

try {
  const [dir, ...options] = process.argv.slice(2);
  if (dir === undefined) {
    throw new Mistake('Usage: npm run schema-suite -- DIR [--verbose]; DIR is a clone of the suite.');
  }
  run(join(dir, 'tests/draft2020-12'), options.includes('--verbose'));
} catch (error) {
  giveUp(error);
}
