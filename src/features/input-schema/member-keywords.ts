// Keywords that find the schema of a member by its name. The library fails on names such as "constructor", and takes
// time in proportion to more than the input.

import type { JsonError, JsonSchema, SchemaNode } from 'json-schema-library';
import { isJsonObject } from '../../lib/json.ts';
import type { Effort } from './effort.ts';
import { errorsOfAll, isEmpty, keyword, type At, type Keyword } from './keyword.ts';
import { boundedPattern } from './safe-pattern.ts';

/** To list a member and to look for its name. */
const MEMBER_STEPS = 12;

/** The library keeps and looks up names in plain objects, which have a constructor and a __proto__ of their own. */
export function withBareNames(): Keyword {
  return {
    ...keyword('properties'),
    parse(node) {
      const { evaluationPath, schemaLocation } = node;
      const named = Object.entries<JsonSchema>(node.schema['properties']).map(([name, schema]) => {
        const place = `/properties/${name}`;
        return [name, node.compileSchema(schema, evaluationPath + place, schemaLocation + place)] as const;
      });
      node.properties = Object.create(null);
      for (const [name, child] of named) {
        Object.assign(node.properties ?? {}, { [name]: child });
      }
      return named.flatMap(([, child]) => child.schemaValidation ?? []);
    },
  };
}

/** Their schemas are found by name when they are needed: merging them, as the library does, takes cubic time. */
export function withBoundedPatterns(effort: Effort): Keyword {
  const { reduce: _reduce, addReduce: _addReduce, ...original } = keyword('patternProperties');
  return {
    ...original,
    parse(node) {
      const faults = original.parse?.(node);
      for (const entry of node.patternProperties ?? []) {
        entry.pattern = boundedPattern(entry.name, effort);
      }
      return faults;
    },
    validate({ node, data, pointer, path }) {
      const members = entriesOf(data);
      const patterns = node.patternProperties ?? [];
      effort.spend(members.length * patterns.length);
      return errorsOfAll(members, ([name, value]) =>
        patterns
          .filter(({ pattern }) => pattern.test(name))
          .flatMap((entry) => entry.node.validate(value, `${pointer}/${name}`, path).errors),
      );
    },
  };
}

export function isClosing({ schema }: SchemaNode): boolean {
  return schema['additionalProperties'] !== undefined && schema['additionalProperties'] !== true;
}

export function checkAdditional({ node, data, pointer, path }: At, { spend }: Effort): JsonError[] {
  const { schema, properties, additionalProperties, patternProperties } = node;
  const members = entriesOf(data);
  spend(members.length * (MEMBER_STEPS + (patternProperties?.length ?? 0)));
  const others = members.filter(([name]) => properties?.[name] === undefined && !matchesPattern(node, name));
  return errorsOfAll(others, ([name, value]) => {
    const at = `${pointer}/${name}`;
    return additionalProperties === undefined
      ? [node.createError('no-additional-properties-error', { pointer: at, schema, value })]
      : additionalProperties.validate(value, at, path).errors;
  });
}

function matchesPattern({ patternProperties }: SchemaNode, name: string): boolean {
  return patternProperties?.some(({ pattern }) => pattern.test(name)) ?? false;
}

export function checkNames({ node, data, pointer, path }: At, { spend }: Effort): JsonError[] {
  const { schema, propertyNames } = node;
  const members = entriesOf(data);
  spend(members.length * MEMBER_STEPS);
  return errorsOfAll(members, ([property, value]) =>
    schema['propertyNames'] === false ||
    !isEmpty(propertyNames?.validate(property, pointer, path).errors ?? [])
      ? [node.createError('invalid-property-name-error', { property, pointer, schema, value })]
      : [],
  );
}

function entriesOf(value: unknown): [name: string, member: unknown][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}
