// Checks the LoRA files of an input. Anybody may use a public URL or repository. RunComfy looks a bare name up in the
// operator's account, which all customers share, so only customers to whom the operator gave the name may use it.

import { cut } from '../../lib/cut.ts';
import type { JsonObject } from '../../lib/json.ts';
import { memberPath } from '../../lib/member-path.ts';
import { Problem } from '../../lib/problem.ts';
import { judgeUrl } from '../media/public-url.ts';
import { isListed } from './listed.ts';
import { visitLoraFiles, type Trail } from './lora-files.ts';

const MAX_SHOWN = 80;
const MAX_PATH_CHARS = 200;
/** More than any model takes. */
const MAX_FILES = 1000;

export type LoraRights = {
  schema: JsonObject;
  /** The names that the customer may use; one that ends in `*` is a prefix. */
  allowed: string[];
};

/** Throws 403 for a LoRA file that is neither public nor among the customer's names. */
export function requireLoras(input: JsonObject, rights: LoraRights): void {
  let files = 0;
  visitLoraFiles(input, (text, trail) => {
    files += 1;
    if (files > MAX_FILES || !mayUse(text, trail, rights)) {
      const shown = JSON.stringify(text.slice(0, MAX_SHOWN).toWellFormed());
      throw new Problem(
        'lora_not_allowed',
        `${cut(memberPath(trail), MAX_PATH_CHARS)}: ${shown} is no public https URL, no public Hugging Face repository and no ` +
          'LoRA name that your account may use. Send one of these, or ask the operator for the name.',
      );
    }
  });
}

function mayUse(text: string, trail: Trail, { schema, allowed }: LoraRights): boolean {
  const isPublic = text === '' || isStrength(text, trail) || isPublicUrl(text) || isRepository(text);
  return isPublic || isListed(schema, trail, text) || isAllowed(text, allowed);
}

/** Forms send numbers as text: a small number under a name such as `scale` is no file. */
function isStrength(text: string, trail: Trail): boolean {
  const member = trail.findLast((key) => typeof key === 'string') ?? '';
  return (
    /(?:scale|strength|weight|multiplier|alpha)$/i.test(member) && /^-?\d{1,2}(?:\.\d{1,9})?$/.test(text)
  );
}

/** In lower case only: a program that tests for `https://` would take `HTTPS://` for the name of a file. */
function isPublicUrl(text: string): boolean {
  return text.startsWith('https://') && judgeUrl(text, []).kind !== 'forbidden';
}

/** owner/name, as Hugging Face allows it. */
const REPOSITORY = /^[A-Za-z0-9](?:[\w.-]{0,94}[A-Za-z0-9])?\/[A-Za-z0-9_](?:[\w.-]{0,94}\w)?$/;

/** Endings of files: a file in a folder of the operator's account otherwise looks like a repository. */
const FILE =
  /\.(?:safetensors?|sft|ckpt|pt|pt2|pth|bin|onnx|gguf|ggml|pkl|pickle|npz|npy|h5|msgpack|zip|tar|gz|7z|json|ya?ml)$/i;

function isRepository(text: string): boolean {
  return REPOSITORY.test(text) && !/\.\.|--/.test(text) && !text.split('/').some((part) => FILE.test(part));
}

function isAllowed(text: string, allowed: string[]): boolean {
  // `allowed/../secret` starts with an allowed prefix.
  const isPlain = !/\.\.|[\\%\s\p{C}]|^[/~]/u.test(text);
  return allowed.some((one) =>
    one.endsWith('*') ? isPlain && text.startsWith(one.slice(0, -1)) : one === text,
  );
}
