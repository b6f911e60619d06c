// LoRA files in a payload. A public URL is the customer's own; a bare name is looked up in the operator's RunComfy
// account, which all customers share, so a name is for those customers only whom the operator gave it to.

import { cut } from '../../lib/cut.ts';
import { isJsonObject } from '../../lib/json.ts';
import { Problem } from '../../lib/problem.ts';
import { judgeUrl } from '../media/public-url.ts';

/** RunComfy documents `lora.path`; the others are what callers are likely to mean by it. */
const NAMES = new Set(['lora', 'loras', 'lora_path', 'lora_paths', 'lora_name', 'lora_url']);
/** In an object of such a name. */
const INSIDE = new Set([...NAMES, 'path']);
const MAX_SHOWN = 80;
const MAX_PATH_CHARS = 200;

type Found = { path: string; value: string };

/** Throws 403 for a LoRA file that is neither a public URL nor among `allowed`: names, or prefixes that end in `*`. */
export function requireLoras(input: Record<string, unknown>, allowed: string[]): void {
  const refused = findLoras(input, '', NAMES).find(({ value }) => !mayUseLora(value, allowed));
  if (refused !== undefined) {
    const shown = JSON.stringify(refused.value.slice(0, MAX_SHOWN).toWellFormed());
    throw new Problem(
      'lora_not_allowed',
      `${cut(refused.path, MAX_PATH_CHARS)}: ${shown} is no public https URL and no LoRA name that your account may use. ` +
        'Send a URL, or ask the operator for the name.',
    );
  }
}

function mayUseLora(value: string, allowed: string[]): boolean {
  if (/^https:/i.test(value) && judgeUrl(value, []).kind !== 'forbidden') {
    return true;
  }
  // A name that climbs out of its folder would pass for whatever it starts with.
  const isPlain = !/\.\.|[\\%\s\p{C}]|^[/~]/u.test(value);
  return allowed.some((one) =>
    one.endsWith('*') ? isPlain && value.startsWith(one.slice(0, -1)) : one === value,
  );
}

function findLoras(value: unknown, path: string, names: Set<string>): Found[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => findLoras(item, `${path}[${index}]`, names));
  }
  if (!isJsonObject(value)) {
    return [];
  }
  return Object.entries(value).flatMap(([name, member]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return names.has(name.toLowerCase()) ? pathsIn(member, at) : findLoras(member, at, names);
  });
}

/** What stands for a file: the text itself, each of a list, every `path` in an object. */
function pathsIn(value: unknown, path: string): Found[] {
  if (typeof value === 'string') {
    return [{ path, value }];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => pathsIn(item, `${path}[${index}]`));
  }
  return findLoras(value, path, INSIDE);
}
