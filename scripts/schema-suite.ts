// `npm run schema-suite -- DIR`: runs the judge of inputs on the required draft 2020-12 tests of the official
// JSON-Schema-Test-Suite. DIR is a clone of the suite.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileJudge } from '../src/features/input-schema/judge.ts';
import { giveUp, Mistake, say } from './terminal.ts';

type Group = {
  description: string;
  schema: unknown;
  tests: { description: string; data: unknown; valid: boolean }[];
};

/** True if the value is accepted; null if the schema as a whole is refused. */
type Accepts = (value: unknown) => boolean | null;

/** Judges a value as the gateway does: the schema is the schema of one input of a model. */
function judged(schema: unknown): Accepts {
  const compiled = compileJudge({ type: 'object', properties: { value: schema } });
  return (value) => (compiled.ok ? compiled.judge.check({ value }).length === 0 : null);
}

/** `refused` and `accepted` are wrong verdicts. `unusable`: the schema as a whole is refused, and so is its model. */
const VERDICTS = ['right', 'refused', 'accepted', 'unusable'] as const;
type Verdict = (typeof VERDICTS)[number];
type Count = Record<Verdict, number>;

const NAME_CHARS = 24;
const CELL_CHARS = 9;

const none = (): Count => ({ right: 0, refused: 0, accepted: 0, unusable: 0 });

/** Prints the table and returns the number of values that the judge wrongly accepted. */
function run(dir: string, verbose: boolean): number {
  const total = none();
  say('keyword'.padEnd(NAME_CHARS) + VERDICTS.map((verdict) => cell(verdict)).join(''));
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.json'))) {
    const groups: Group[] = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    const count = none();
    for (const { verdict, what } of groups.flatMap((group) => verdictsOn(group, judged(group.schema)))) {
      count[verdict] += 1;
      total[verdict] += 1;
      if (verbose && (verdict === 'accepted' || verdict === 'refused')) {
        say(`  ${verdict}: ${what}`);
      }
    }
    say(row(file.replace('.json', ''), count));
  }
  say(row('all', total));
  return total.accepted;
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

function row(name: string, count: Count): string {
  return name.padEnd(NAME_CHARS) + VERDICTS.map((verdict) => cell(count[verdict])).join('');
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
