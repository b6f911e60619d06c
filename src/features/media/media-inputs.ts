// Which values of a payload are files, told by the model's schema. Pure.

import { isJsonObject } from '../../lib/json.ts';
import { isOfSides, readRules, type MediaRule } from './rules.ts';

type Schema = Record<string, unknown>;

export type MediaKind = 'image' | 'video' | 'audio';

/** `path` as in `image_urls[0]`. */
export type MediaInput = { path: string; kind: MediaKind; url: string; rules: MediaRule[] };

const KINDS = new Map<unknown, MediaKind>([
  ['image_uri', 'image'],
  ['image_uris', 'image'],
  ['video_uri', 'video'],
  ['video_uris', 'video'],
  ['audio_uri', 'audio'],
  ['audio_uris', 'audio'],
]);

/** What the schemas above a value say of it. `own`: values that are the schema's own and need no check. */
type Place = { path: string; kind: MediaKind | null; rules: MediaRule[]; own: unknown[] };

/**
 * The media inputs of a payload, in the order of the schema. A property holds media by its format, its items' format,
 * or by a rule for sides among its `validations` (then an image). Empty strings are no media, nor are the schema's
 * default and the values of its enum, which are RunComfy's.
 */
export function findMedia(schema: Schema, input: Record<string, unknown>): MediaInput[] {
  const found: MediaInput[] = [];
  collect({ schema, value: input, found }, { path: '', kind: null, rules: [], own: [] });
  return found;
}

type Node = { schema: unknown; value: unknown; found: MediaInput[] };

function collect({ schema: given, value, found }: Node, place: Place): void {
  const schema = isJsonObject(given) ? given : {};
  const own = [...place.own, schema['default'], ...listIn(schema['enum'])];
  const rules = [...place.rules, ...readRules(schema).rules];
  const isImage = rules.some(isOfSides);
  const kind = KINDS.get(schema['format']) ?? place.kind ?? (isImage ? 'image' : null);
  if (typeof value === 'string') {
    if (kind !== null && value.trim() !== '' && !own.includes(value)) {
      found.push({ path: place.path, kind, url: value, rules });
    }
  } else if (Array.isArray(value)) {
    const inner = { kind, rules, own: own.flatMap(listIn) };
    value.forEach((item: unknown, index) =>
      collect({ schema: schema['items'], value: item, found }, { ...inner, path: `${place.path}[${index}]` }),
    );
  } else if (isJsonObject(value)) {
    collectMembers({ schema, value, found }, { path: place.path, own });
  }
}

function collectMembers(
  { schema, value, found }: { schema: Schema; value: Record<string, unknown>; found: MediaInput[] },
  { path, own }: Pick<Place, 'path' | 'own'>,
): void {
  const { properties } = schema;
  for (const [name, child] of Object.entries(isJsonObject(properties) ? properties : {})) {
    const member = value[name];
    if (member === undefined) {
      continue;
    }
    collect(
      { schema: child, value: member, found },
      {
        path: path === '' ? name : `${path}.${name}`,
        kind: null,
        rules: [],
        own: own.filter(isJsonObject).map((object) => object[name]),
      },
    );
  }
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
