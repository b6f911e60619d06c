// Decides which regular expressions of a schema may run on a customer's text, and up to which length. V8 tries every way to
// match before it gives up, so this file counts the ways, rather too many than too few:
// - a repeated group that has a choice or a repetition inside, such as (a+)+ or (a|ab)*: exponential, never run;
// - every other repetition without a small end makes the steps grow by one more power of the text's length, and so
//   does a missing ^, because then a match may start anywhere: ^\d+x is linear, \d+\d+x cubic;
// - small choices (a|b, a?, a{2,5}) multiply the steps;
// - each character of the pattern is a step, counted repetitions written out: (a{16}){16} is 256 characters.
// A pattern that would take too many steps for a text of 256 characters never runs. Any other pattern runs on texts within its
// steps; longer texts pass, and RunComfy judges them.

import type { Effort } from './effort.ts';

/**
 * There are at most `ways` × length ** `exponent` ways to match. Trying them all takes the sum of `steps[n]` × length ** n ÷ n!
 */
type Cost = { ways: number; exponent: number; steps: number[] };

/** A bracket, a choice, or one character or class, with its repetition. */
const TOKEN =
  /(?<open>\((?:\?(?:[:=!]|<[=!]|<\w+>|[ims-]+:))?)|(?:(?<close>\))|(?<choice>\|)|(?<back>\\(?:[1-9]|k<))|\\[pP]\{[^}]*\}|\\.|\[(?:\\.|[^\]\\])*\]|[^])(?<repeat>(?:[*+?]|\{\d+(?:,\d*)?\})\??)?/gu;

const SAFE_CHARS = 256;
const MAX_STEPS = 17_000_000;
/** A repetition that can be longer counts as unlimited. */
const MANY = 16;

/** With this exponent of the length no pattern runs. */
const MOST_POWERS = 64;
/** The least steps of any match. */
const LEAST_STEPS = 128;

const NOTHING: Cost = { ways: 1, exponent: 0, steps: [0] };
const ONE: Cost = { ways: 1, exponent: 0, steps: [1] };
/** As many ways as characters. */
const ANY_NUMBER: Cost = { ways: 1, exponent: 1, steps: [0, 1] };
const NEVER: Cost = { ways: Infinity, exponent: 0, steps: [Infinity] };

/** True if `source` is a regular expression. */
export function isPattern(source: unknown): source is string {
  try {
    // The engine compiles on the first use, once for each width of characters, and only then may find the pattern too large.
    const pattern = new RegExp(String(source), 'u');
    return typeof source === 'string' && [pattern.test(''), pattern.test('\u{1F600}')].length > 0;
  } catch {
    return false;
  }
}

/** True if `source` is a regular expression that takes few steps on every text of ordinary length. */
export function isSafePattern(source: unknown): source is string {
  return isPattern(source) && stepsOf(costOf(source), SAFE_CHARS) <= MAX_STEPS;
}

export type Pattern = { matches: (text: string, effort: Effort) => boolean };

/** A safe pattern. It matches every text that would exceed the steps or the stack of the engine. */
export function compilePattern(source: string): Pattern {
  const cost = costOf(source);
  const pattern = new RegExp(source, 'u');
  return {
    matches(text, { spendOnPattern }) {
      try {
        return !spendOnPattern(stepsOf(cost, text.length)) || pattern.test(text);
      } catch {
        return true;
      }
    },
  };
}

function stepsOf({ steps }: Cost, chars: number): number {
  const length = Math.max(chars, 1);
  let orders = 1;
  return steps.reduce((sum, count, power) => {
    // Repetitions share the characters, so only the ordered ones of length ** n ways to end n repetitions remain.
    orders *= Math.max(1, power);
    return sum + (count * length ** power) / orders;
  }, LEAST_STEPS);
}

/** `done` has the complete alternatives, `now` the current one. */
type Group = { done: Cost; now: Cost };

const emptyGroup = (): Group => ({ done: { ways: 0, exponent: 0, steps: [] }, now: NOTHING });

function costOf(source: string): Cost {
  const open: Group[] = [];
  let group = emptyGroup();
  let isAnchored = true;
  let isStart = true;
  for (const { 0: text, groups: token = {} } of source.matchAll(TOKEN)) {
    isAnchored &&= !isStart || text === '^';
    isStart = open.length === 0 && token['choice'] !== undefined;
    if (token['open'] !== undefined) {
      open.push(group);
      group = emptyGroup();
    } else if (token['choice'] !== undefined) {
      group = { done: either(group), now: NOTHING };
    } else {
      const isClose = token['close'] !== undefined;
      const atom = isClose ? either(group) : atomOf(text, token['back']);
      group = (isClose ? open.pop() : undefined) ?? group;
      group.now = inTurn(group.now, repeated(atom, token['repeat']));
    }
  }
  return isAnchored ? either(group) : inTurn(ANY_NUMBER, either(group));
}

/** A back-reference compares as many characters as its group matched; an anchor compares none. */
function atomOf(text: string, back: string | undefined): Cost {
  if (text === '^' || text === '$') {
    return NOTHING;
  }
  return back === undefined ? ONE : ANY_NUMBER;
}

function either({ done, now }: Group): Cost {
  return {
    ways: done.ways + now.ways,
    exponent: Math.max(done.exponent, now.exponent),
    steps: sumOf(done.steps, now.steps),
  };
}

function inTurn(first: Cost, second: Cost): Cost {
  const exponent = first.exponent + second.exponent;
  // The second one runs again for each way to match the first one.
  return exponent > MOST_POWERS
    ? NEVER
    : {
        ways: first.ways * second.ways,
        exponent,
        steps: sumOf(first.steps, timesWays(second.steps, first)),
      };
}

function repeated(one: Cost, repeat: string | undefined): Cost {
  const [min, max] = boundsOf(repeat);
  const { ways, exponent } = one;
  const isPlain = ways === 1 && exponent === 0;
  if (isPlain && max > MANY && one.steps.length === 1 && (one.steps[0] ?? 0) <= 1) {
    return ANY_NUMBER;
  }
  if (max === Infinity) {
    return isPlain ? { ways: 1, exponent: 1, steps: [0, ...one.steps] } : NEVER;
  }
  if (exponent * max > MOST_POWERS) {
    return NEVER;
  }
  const before: Cost = {
    ways: ways ** Math.max(0, max - 1),
    exponent: exponent * Math.max(0, max - 1),
    steps: [],
  };
  return {
    ways: (max - min + 1) * ways ** max,
    exponent: exponent * max,
    steps: timesWays(one.steps, before).map((count) => count * max),
  };
}

function sumOf(some: number[], others: number[]): number[] {
  return Array.from(
    { length: Math.max(some.length, others.length) },
    (_, power) => (some[power] ?? 0) + (others[power] ?? 0),
  );
}

/** The steps, once for each of the ways. */
function timesWays(steps: number[], { ways, exponent }: Cost): number[] {
  return [...Array.from({ length: exponent }, () => 0), ...steps.map((count) => count * ways)];
}

function boundsOf(repeat = '{1}'): [min: number, max: number] {
  if (repeat.startsWith('{')) {
    const [min = '', max = min] = repeat.replace(/^\{|\}\??$/g, '').split(',');
    return [Number(min), max === '' ? Infinity : Number(max)];
  }
  return [repeat.startsWith('+') ? 1 : 0, repeat.startsWith('?') ? 1 : Infinity];
}
