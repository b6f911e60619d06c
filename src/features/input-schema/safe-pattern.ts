// Which regular expressions of a schema may run on a customer's text, and on how long a one. V8 tries every way to
// match before it gives up, so the ways are counted, rather too many than too few:
// - a repeated group that has a choice or a repetition inside, such as (a+)+ or (a|ab)*: exponential, never run;
// - every other repetition without a small end makes the steps grow by one more power of the text's length, and so
//   does a missing ^, because then a match may start anywhere: ^\d+x is linear, \d+\d+x cubic;
// - small choices (a|b, a?, a{2,5}) multiply the steps.
// A pattern that would take too many steps for a text of 256 characters is not run at all, any other one on texts
// that it can afford. Longer texts pass it: RunComfy judges them anyway.

import type { Effort } from './effort.ts';

/** At most `ways` × length ** `exponent` steps. */
type Cost = { ways: number; exponent: number };

/** A bracket, a choice, or one character or class; with how often it is repeated. */
const TOKEN =
  /(?<open>\((?:\?(?:[:=!]|<[=!]|<\w+>|[ims-]+:))?)|(?:(?<close>\))|(?<choice>\|)|(?<back>\\(?:[1-9]|k<))|\\[pP]\{[^}]*\}|\\.|\[(?:\\.|[^\]\\])*\]|[^])(?<repeat>(?:[*+?]|\{\d+(?:,\d*)?\})\??)?/gu;

const SAFE_CHARS = 256;
const MAX_STEPS = 2 ** 24;
/** A repetition that may be longer counts as one without an end. */
const MANY = 16;

const ONE: Cost = { ways: 1, exponent: 0 };

/** Whether `source` is a regular expression. */
export function isPattern(source: unknown): source is string {
  try {
    // The engine compiles on the first use, once for each width of characters, and may find it too large only then.
    const pattern = new RegExp(String(source), 'u');
    return typeof source === 'string' && [pattern.test(''), pattern.test('\u{1F600}')].length > 0;
  } catch {
    return false;
  }
}

/** Whether `source` is a regular expression that no text of ordinary length can keep busy. */
export function isSafePattern(source: unknown): source is string {
  return isPattern(source) && stepsOf(costOf(source), SAFE_CHARS) <= MAX_STEPS;
}

/** A safe pattern that matches every text which it cannot afford, in steps or in the engine's own stack. */
export function boundedPattern(source: string, { spendOnPattern }: Effort): RegExp {
  const cost = costOf(source);
  const pattern = new RegExp(source, 'u');
  const test = pattern.test.bind(pattern);
  pattern.test = (text) => {
    try {
      return !spendOnPattern(stepsOf(cost, text.length)) || test(text);
    } catch {
      return true;
    }
  };
  return pattern;
}

function stepsOf({ ways, exponent }: Cost, chars: number): number {
  return ways * Math.max(chars, 1) ** exponent;
}

/** `done`: the alternatives that are complete, `now`: the one that is being read. */
type Group = { done: Cost; now: Cost };

const emptyGroup = (): Group => ({ done: { ways: 0, exponent: 0 }, now: ONE });

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
      group = { done: either(group), now: ONE };
    } else {
      const isClose = token['close'] !== undefined;
      const atom = isClose ? either(group) : atomOf(token['back']);
      group = (isClose ? open.pop() : undefined) ?? group;
      group.now = inTurn(group.now, repeated(atom, token['repeat']));
    }
  }
  const { ways, exponent } = either(group);
  return { ways, exponent: exponent + (isAnchored ? 0 : 1) };
}

/** A reference back compares as many characters as its group has matched. */
function atomOf(back: string | undefined): Cost {
  return back === undefined ? ONE : { ways: 1, exponent: 1 };
}

function either({ done, now }: Group): Cost {
  return { ways: done.ways + now.ways, exponent: Math.max(done.exponent, now.exponent) };
}

function inTurn(first: Cost, second: Cost): Cost {
  return { ways: first.ways * second.ways, exponent: first.exponent + second.exponent };
}

function repeated({ ways, exponent }: Cost, repeat: string | undefined): Cost {
  const [min, max] = boundsOf(repeat);
  const ends = max - min + 1;
  if (ways === 1 && exponent === 0) {
    return max > MANY ? { ways: 1, exponent: 1 } : { ways: ends, exponent: 0 };
  }
  return max === Infinity
    ? { ways: Infinity, exponent: 1 }
    : { ways: ends * ways ** max, exponent: exponent * max };
}

function boundsOf(repeat = '{1}'): [min: number, max: number] {
  if (repeat.startsWith('{')) {
    const [min = '', max = min] = repeat.replace(/^\{|\}\??$/g, '').split(',');
    return [Number(min), max === '' ? Infinity : Number(max)];
  }
  return [repeat.startsWith('+') ? 1 : 0, repeat.startsWith('?') ? 1 : Infinity];
}
