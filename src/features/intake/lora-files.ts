// Where a payload names LoRA files. Which member RunComfy reads the file from differs by model and is not documented, so
// the structure decides: below a member called lora, every text is a file. Pure.

import { isJsonObject } from '../../lib/json.ts';
import { withoutNaN } from '../../lib/exact-json.ts';
import { speaksOfLora } from './lora-word.ts';

/** The names and indices that lead to a place in the payload. */
export type Trail = (string | number)[];
/** `trail` changes after the call. In a text that is JSON it leads to that text. */
type Visit = (text: string, trail: Trail) => void;

/** A member that no file is called. */
const PLAIN_NAME = /^[\w-]*$/;

/** Texts that are JSON and speak of LoRA: workflows. What exceeds this is not looked into and counts as a file. */
const MAX_JSON_TEXTS = 100;
const MAX_JSON_CHARS = 256 * 1024;

/** Calls `visit` with each text that is a LoRA file. The input is no deeper than the strict parser lets it be. */
export function visitLoraFiles(input: Record<string, unknown>, visit: Visit): void {
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
        step(name, member, isLora || speaksOfLora(name));
      }
    }
  }
  walk(input, false);
}

/** Names can be files too: `{"style.safetensors": 0.8}`. */
function visitName(name: string, isLora: boolean, visit: (text: string) => void): void {
  if (isLora && !PLAIN_NAME.test(name)) {
    visit(name);
  }
}

function isJsonAboutLora(text: string): boolean {
  return /^\s*[[{]/.test(text) && /lora|\\u/i.test(text);
}

/** Walks the JSON in texts, as far as there is not too much of it, without recursion: it may be as deep as it is long. */
function createJsonVisitor(visit: (text: string) => void): (json: string) => void {
  let texts = 0;
  let chars = 0;
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
          if (texts > MAX_JSON_TEXTS || chars > MAX_JSON_CHARS) {
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
          places.push({ value: member, isLora: isLora || speaksOfLora(name) });
        }
      }
    }
  };
}

/** Null for what is no JSON: it names no members. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(withoutNaN(text));
  } catch {
    return null;
  }
}
