// The rules of a schema for a file, RunComfy's `validations`: a metric, a comparison and a value. Pure.

import { isJsonObject, type JsonObject } from '../../lib/json.ts';

type Metric = 'file_size_mb' | 'width_pixels' | 'height_pixels' | 'width/height';

export type MediaRule = {
  /** As the schema has it, such as `width_pixels<=`. */
  name: string;
  metric: Metric;
  holds: (measured: number, value: number) => boolean;
  value: number;
  /** The schema's own message for a breach; '' if it has none. */
  error: string;
};

/** The measurements of a file; null: not known. `canTurn`: the format may carry a rotation that swaps the sides. */
export type Measured = {
  sizeBytes: number | null;
  sides: { width: number; height: number } | null;
  canTurn: boolean;
};

/** Properties that no header of an answer reveals. */
const UNMEASURED = /duration|length|second|minute|frame|fps|rate|codec|format|channel/i;

const METRICS: readonly Metric[] = ['file_size_mb', 'width_pixels', 'height_pixels', 'width/height'];
const COMPARISONS: Record<string, MediaRule['holds']> = {
  '<': (measured, value) => measured < value,
  '<=': (measured, value) => measured <= value,
  '>': (measured, value) => measured > value,
  '>=': (measured, value) => measured >= value,
  '=': (measured, value) => measured === value,
  '==': (measured, value) => measured === value,
  '!=': (measured, value) => measured !== value,
};

const RULE = /^\s*([a-z_/]+)\s*([<>=!]{1,2})\s*$/;
const PLAYED = /^(?:video|audio)_uris?$/;
const MAX_NAME_CHARS = 80;

/** 10^6 first: the literal reading. */
const MEGABYTES = [1_000_000, 2 ** 20] as const;

/** True if the rule is about the sides of an image. Only such a rule proves that an input is an image. */
export function isOfSides({ metric }: MediaRule): boolean {
  return metric !== 'file_size_mb';
}

/** The rules of one property that can be checked, and the names of its other rules. */
export function readRules(schema: JsonObject): { rules: MediaRule[]; unknown: string[] } {
  const { validations } = schema;
  if (validations === undefined || validations === null) {
    return { rules: [], unknown: [] };
  }
  if (!Array.isArray(validations)) {
    return { rules: [], unknown: [nameOf(validations)] };
  }
  const read = validations.map((entry: unknown) => readRule(entry) ?? nameOf(entry));
  return {
    rules: read.filter((rule) => typeof rule !== 'string'),
    unknown: read.filter((rule) => typeof rule === 'string'),
  };
}

function readRule(entry: unknown): MediaRule | null {
  if (!isJsonObject(entry)) {
    return null;
  }
  const { validation_rule: name, validation_value: given, validation_error: error } = entry;
  const [, word, comparison = ''] = RULE.exec(typeof name === 'string' ? name : '') ?? [];
  const metric = METRICS.find((known) => known === word);
  const holds = COMPARISONS[comparison];
  const value = numberIn(given);
  return metric === undefined || holds === undefined || value === null
    ? null
    : { name: String(name), metric, holds, value, error: typeof error === 'string' ? error : '' };
}

function numberIn(given: unknown): number | null {
  const isText = typeof given === 'string' && given.trim() !== '';
  const value = isText || typeof given === 'number' ? Number(given) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}

function nameOf(entry: unknown): string {
  const name = isJsonObject(entry) ? entry['validation_rule'] : entry;
  return (JSON.stringify(name) ?? '""').slice(0, MAX_NAME_CHARS).toWellFormed();
}

/** One sentence per rule of the schema that is not enforced, with its path. */
export function ruleNotes(schema: JsonObject): string[] {
  return notesAt(schema, '');
}

function notesAt(schema: JsonObject, path: string): string[] {
  const { properties, items } = schema;
  const { rules, unknown } = readRules(schema);
  const formats = [schema['format'], isJsonObject(items) ? items['format'] : undefined];
  const isPlayed = formats.some((format) => typeof format === 'string' && PLAYED.test(format));
  const idle = isPlayed ? rules.filter(isOfSides) : [];
  const inner = Object.entries(isJsonObject(properties) ? properties : {}).map(
    ([name, child]) => [`${path}/properties/${name}`, child] as const,
  );
  return [
    ...unknown.map((name) => `${path || '/'}: the media rule ${name} is ${whyIdle(name)}; not enforced`),
    ...idle.map(({ name }) => `${path || '/'}: the media rule "${name}" is for images only; not enforced`),
    ...[...inner, [`${path}/items`, items] as const].flatMap(([at, child]) =>
      isJsonObject(child) ? notesAt(child, at) : [],
    ),
  ];
}

function whyIdle(name: string): string {
  return UNMEASURED.test(name) ? 'about the content of the file' : 'not understood';
}

/**
 * The rules that a file breaks. RunComfy does not define its metrics: "MB" may be 10^6 or 2^20 bytes, "width/height" the
 * width by the height or the long side by the short one, and the sides of a file that can carry a rotation may be meant
 * before or after it. So a file is refused only if it breaks a rule in every reading of the whole set. The breaches
 * returned are those of the literal reading: 10^6, width by height, as stored. A missing measurement breaks no rule.
 */
export function breaches(rules: MediaRule[], measured: Measured): MediaRule[] {
  const turns = measured.canTurn ? [false, true] : [false];
  const readings = MEGABYTES.flatMap((megabyte) =>
    [false, true].flatMap((longByShort) => turns.map((isTurned) => ({ megabyte, longByShort, isTurned }))),
  );
  let literal: MediaRule[] | null = null;
  for (const reading of readings) {
    const broken = rules.filter((rule) => {
      const value = measure(rule.metric, measured, reading);
      return value !== null && !rule.holds(value, rule.value);
    });
    if (broken.length === 0) {
      return [];
    }
    literal ??= broken;
  }
  return literal ?? [];
}

type Reading = { megabyte: number; longByShort: boolean; isTurned: boolean };

function measure(metric: Metric, { sizeBytes, sides }: Measured, reading: Reading): number | null {
  if (metric === 'file_size_mb') {
    return sizeBytes === null ? null : sizeBytes / reading.megabyte;
  }
  if (sides === null) {
    return null;
  }
  const { width, height } = reading.isTurned ? { width: sides.height, height: sides.width } : sides;
  switch (metric) {
    case 'width_pixels':
      return width;
    case 'height_pixels':
      return height;
    case 'width/height':
      return reading.longByShort ? Math.max(width, height) / Math.min(width, height) : width / height;
  }
}
