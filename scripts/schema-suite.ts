// `npm run schema-suite -- DIR`: how the judge of inputs does on the required draft 2020-12 tests of the official
// JSON-Schema-Test-Suite, a clone of which is in DIR.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileJudge } from '../src/features/input-schema/judge.ts';
import { createValidator } from '../src/features/input-schema/validator.ts';
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
  return (value) => ('errorsOf' in validator ? validator.errorsOf(value)?.length === 0 : null);
}

/** `refused` and `accepted` are wrongly so; unusable: the schema as a whole is refused, and so is the model. */
const VERDICTS = ['right', 'refused', 'accepted', 'unusable'] as const;
type Verdict = (typeof VERDICTS)[number];
type Count = Record<Verdict, number>;

const NAME_CHARS = 24;
const CELL_CHARS = 9;

const none = (): Count => ({ right: 0, refused: 0, accepted: 0, unusable: 0 });

/** Prints the table and answers how many values the judge took though it should not. */
function run(dir: string, verbose: boolean): number {
  const subjects = Object.entries(SUBJECTS).map(([name, compile]) => ({ name, compile, total: none() }));
  say(
    ''.padEnd(NAME_CHARS) +
      subjects.map(({ name }) => name.padStart(CELL_CHARS).padEnd(4 * CELL_CHARS)).join(''),
  );
  say(
    'keyword'.padEnd(NAME_CHARS) + subjects.flatMap(() => VERDICTS.map((verdict) => cell(verdict))).join(''),
  );
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.json'))) {
    const groups: Group[] = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    const counts = subjects.map(({ name, compile, total }) => {
      const count = none();
      for (const { verdict, what } of groups.flatMap((group) => verdictsOn(group, compile(group.schema)))) {
        count[verdict] += 1;
        total[verdict] += 1;
        if (verbose && (verdict === 'accepted' || verdict === 'refused')) {
          say(`  ${name} ${verdict}: ${what}`);
        }
      }
      return count;
    });
    say(row(file.replace('.json', ''), counts));
  }
  say(
    row(
      'all',
      subjects.map(({ total }) => total),
    ),
  );
  return subjects[0]?.total.accepted ?? 0;
}

function verdictsOn({ description, tests }: Group, accepts: Accepts): { verdict: Verdict; what: string }[] {
  return tests.map((one) => ({
    verdict: verdictOn(accepts(one.data), one.valid),
    what: `${description}: ${one.description}`,
  }));
}

function verdictOn(accepted: boolean | null, valid: boolean): Verdict {
  if (accepted === null) {
    return 'unusable';
  }
  if (accepted === valid) {
    return 'right';
  }
  return accepted ? 'accepted' : 'refused';
}

function row(name: string, counts: Count[]): string {
  return (
    name.padEnd(NAME_CHARS) +
    counts.flatMap((count) => VERDICTS.map((verdict) => cell(count[verdict]))).join('')
  );
}

function cell(content: string | number): string {
  return String(content).padStart(CELL_CHARS);
}

try {
  const [dir, ...options] = process.argv.slice(2);
  if (dir === undefined) {
    throw new Mistake('Usage: npm run schema-suite -- DIR [--verbose]; DIR is a clone of the suite.');
  }
  const wrong = run(join(dir, 'tests/draft2020-12'), options.includes('--verbose'));
  process.exitCode = wrong === 0 ? 0 : 1;
} catch (error) {
  giveUp(error);
}
