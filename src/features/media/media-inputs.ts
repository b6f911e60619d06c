// Finds the files of an input by the model's schema. Pure.

import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { isOfSides, readRules, type MediaRule } from './rules.ts';

export type MediaKind = 'image' | 'video' | 'audio';

/** `path`: such as `image_urls[0]`. */
export type MediaInput = { path: string; kind: MediaKind; url: string; rules: MediaRule[] };

const KINDS = new Map<unknown, MediaKind>([
  ['image_uri', 'image'],
  ['image_uris', 'image'],
  ['video_uri', 'video'],
  ['video_uris', 'video'],
  ['audio_uri', 'audio'],
  ['audio_uris', 'audio'],
]);

/** The kind and rules that schemas further up set for a value. `own`: the schema's own values, which need no check. */
type Place = { path: string; kind: MediaKind | null; rules: MediaRule[]; own: unknown[] };

/**
 * The media inputs, in the order of the schema. A property holds media if its format or its items' format says so, or if
 * its `validations` have a rule about sides, which makes it an image. Empty strings are skipped, and so are the schema's
 * default and the values of its enum, which are files of RunComfy.
 */
export function findMedia(schema: JsonObject, input: JsonObject): MediaInput[] {
  const found: MediaInput[] = [];
  collect({ schema, value: input, found }, { path: '', kind: null, rules: [], own: [] });
  return found;
}

type Node = { schema: unknown; value: unknown; found: MediaInput[] };

function collect({ schema: given, value, found }: Node, place: Place): void {
  const schema = isJsonObject(given) ? given : {};
  const rules = [...place.rules, ...readRules(schema).rules];
  const isImage = rules.some(isOfSides);
  const kind = KINDS.get(schema['format']) ?? place.kind ?? (isImage ? 'image' : null);
  if (typeof value === 'string') {
    // Looked for list by list: a copy of a long enum for each of many items takes too long.
    const own = [place.own, [schema['default']], listIn(schema['enum'])];
    if (kind !== null && value.trim() !== '' && !own.some((list) => list.includes(value))) {
      found.push({ path: place.path, kind, url: value, rules });
    }
    return;
  }
  const own = [...place.own, schema['default'], ...listIn(schema['enum'])];
  if (Array.isArray(value)) {
    const inner = { kind, rules, own: own.flatMap(listIn) };
    value.forEach((item: unknown, index) =>
      collect({ schema: schema['items'], value: item, found }, { ...inner, path: `${place.path}[${index}]` }),
    );
  } else if (isJsonObject(value)) {
    collectMembers({ schema, value, found }, { path: place.path, own });
  }
}

function collectMembers(
  { schema, value, found }: { schema: JsonObject; value: JsonObject; found: MediaInput[] },
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
