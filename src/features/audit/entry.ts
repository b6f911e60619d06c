// An entry of the audit as the operator reads it, with its changes field by field. Pure.

import { isJsonObject } from '../../lib/json.ts';

export type Entry = {
  id: number;
  atMs: number;
  actor: string;
  sessionId: string | null;
  action: string;
  object: string;
  traceId: string;
  /** Null: erased. */
  details: {
    change: Record<string, unknown>;
    before: Record<string, unknown> | null;
    after: Record<string, unknown> | null;
    address: string | null;
  } | null;
};

export type FieldChange = { field: string; before: unknown; after: unknown };

/**
 * The fields that differ between two states of an object. Nested objects are compared member by member; of a missing state
 * every field differs.
 */
export function fieldChanges(
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
): FieldChange[] {
  const [old, now] = [flat(before ?? {}), flat(after ?? {})];
  const changes: FieldChange[] = [];
  for (const field of new Set([...old.keys(), ...now.keys()])) {
    const change = { field, before: old.get(field) ?? null, after: now.get(field) ?? null };
    if (JSON.stringify(change.before) !== JSON.stringify(change.after)) {
      changes.push(change);
    }
  }
  return changes;
}

function flat(state: Record<string, unknown>): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [name, value] of Object.entries(state)) {
    if (isJsonObject(value)) {
      Object.entries(value).forEach(([member, inner]) => fields.set(`${name}.${member}`, inner));
    } else {
      fields.set(name, value);
    }
  }
  return fields;
}
