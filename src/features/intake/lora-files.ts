// Finds the LoRA files that an input names. RunComfy does not document which member of an input holds the file, so every
// text below a member called lora is taken for one. Pure.

import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { withoutNaN } from '../../lib/exact-json.ts';
import { MAX_NUMERALS, numeralsIn } from '../../lib/json-faults.ts';
import { isAboutLora } from './lora-word.ts';

/** The names and indices that lead to a place in the input. */
export type Trail = (string | number)[];
/** `trail` is only valid during the call. For a file inside a text that is JSON it leads to that text. */
type Visit = (text: string, trail: Trail) => void;

/** A name of a member that cannot be the name of a file. */
const PLAIN_NAME = /^[\w-]*$/;

/** The most JSON texts about LoRA, which are workflows, that are parsed. A text beyond that counts as a file. */
const MAX_JSON_TEXTS = 100;
const MAX_JSON_CHARS = 256 * 1024;

/** Calls `visit` with each text that is a LoRA file. Recurses, because the strict parser limits the depth of an input. */
export function visitLoraFiles(input: JsonObject, visit: Visit): void {
  const trail: Trail = [];
  const visitHere = (text: string) => visit(text, trail);
  const visitJson = createJsonVisitor(visitHere);
  function step(key: string | number, value: unknown, isLora: boolean): void {
    trail.push(key);
    walk(value, isLora);
    trail.pop();
  }
  function walk(value: unknown, isLora: boolean): void {
    if (typeof value === 'string') {
      if (isLora) {
        visitHere(value);
      } else if (isJsonAboutLora(value)) {
        visitJson(value);
      }
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => step(index, item, isLora));
    } else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        visitName(name, isLora, visitHere);
        step(name, member, isLora || isAboutLora(name));
      }
    }
  }
  walk(input, false);
}

/** The name of a member can be a file too: `{"style.safetensors": 0.8}`. */
function visitName(name: string, isLora: boolean, visit: (text: string) => void): void {
  if (isLora && !PLAIN_NAME.test(name)) {
    visit(name);
  }
}

function isJsonAboutLora(text: string): boolean {
  return /^\s*[[{]/.test(text) && /lora|\\u/i.test(text);
}

/** Walks the JSON in texts, up to the limits above. Does not recurse, because such JSON may be as deep as it is long. */
function createJsonVisitor(visit: (text: string) => void): (json: string) => void {
  let texts = 0;
  let chars = 0;
  let numerals = 0;
  return (json) => {
    const places: { value: unknown; isLora: boolean }[] = [{ value: json, isLora: false }];
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const { value, isLora } = place;
      if (typeof value === 'string') {
        if (isLora) {
          visit(value);
        } else if (isJsonAboutLora(value)) {
          texts += 1;
          chars += value.length;
          numerals += numeralsIn(value);
          if (texts > MAX_JSON_TEXTS || chars > MAX_JSON_CHARS || numerals > MAX_NUMERALS) {
            visit(value);
          }
          places.push({ value: parsed(value), isLora });
        }
      } else if (Array.isArray(value)) {
        for (const item of value) {
          places.push({ value: item, isLora });
        }
      } else if (isJsonObject(value)) {
        for (const [name, member] of Object.entries(value)) {
          visitName(name, isLora, visit);
          places.push({ value: member, isLora: isLora || isAboutLora(name) });
        }
      }
    }
  };
}

/** Null: the text is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(withoutNaN(text));
  } catch {
    return null;
  }
}
