// Which regular expressions of a schema may run on a customer's text: none that a short text can keep busy for ever.
// Errs on the side of refusing.

/** A bracket, a choice, or one character or class; with how often it is repeated. */
const TOKEN =
  /(?<open>\((?:\?(?:[:=!]|<[=!]|<\w+>))?)|(?:(?<close>\))|(?<choice>\|)|\\[pP]\{[^}]*\}|\\.|\[(?:\\.|[^\]\\])*\]|[^])(?<repeat>(?:[*+?]|\{\d+(?:,\d*)?\})\??)?/gu;

/**
 * Whether `source` compiles and repeats no group that could match one text in two ways: a repeated group with a
 * repetition or a choice inside, such as (a+)+ or (a|ab)*, takes time exponential in the text.
 */
export function isSafePattern(source: unknown): boolean {
  return typeof source === 'string' && compiles(source) && !repeatsAmbiguity(source);
}

function compiles(source: string): boolean {
  try {
    return new RegExp(source, 'u').source !== '';
  } catch {
    return false;
  }
}

function repeatsAmbiguity(source: string): boolean {
  /** For each open group whether something ambiguous stands in it; the first is the whole pattern. */
  const groups = [false];
  for (const { groups: token } of source.matchAll(TOKEN)) {
    const { open, close, choice, repeat = '' } = token ?? {};
    const isAmbiguous = close === undefined ? choice !== undefined : (groups.pop() ?? false);
    if (close !== undefined && isAmbiguous && /^[*+{]/.test(repeat)) {
      return true;
    }
    const isInner = open === undefined && ((groups.pop() ?? false) || isAmbiguous || repeat !== '');
    groups.push(isInner);
  }
  return false;
}
