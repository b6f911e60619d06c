// Keywords for the items of a list.

import { listOf, type Schema } from './keyword-shapes.ts';
import { broken, isDone, quietly, type Check, type Compile } from './run.ts';

/** A check of an item that does nothing costs a quarter of a step. */
const ITEMS_A_STEP = 4;

/** `prefixItems` for the first items, and `items` for all others. */
export function checkItems(schema: Schema, compile: Compile): Check {
  const first = listOf(schema['prefixItems']).map(compile);
  const others = schema['items'] === undefined ? null : compile(schema['items']);
  return (value, run, evaluated) => {
    const items: unknown[] = Array.isArray(value) ? value : [];
    const count = others === null ? Math.min(first.length, items.length) : items.length;
    run.effort.spend(count / ITEMS_A_STEP);
    let isValid = true;
    for (let index = 0; index < count; index += 1) {
      run.steps.push(index);
      const isItemValid = (first[index] ?? others)?.(items[index], run, null) ?? true;
      run.steps.pop();
      if (!isItemValid) {
        isValid = false;
        if (isDone(run)) {
          break;
        }
      }
    }
    if (evaluated !== null) {
      evaluated.firstItems = Math.max(evaluated.firstItems, count);
    }
    return isValid;
  };
}

export function checkContains(schema: Schema, compile: Compile): Check {
  const check = compile(schema['contains']);
  const least = Number(schema['minContains'] ?? 1);
  const most = Number(schema['maxContains'] ?? Infinity);
  return (value, run, evaluated) => {
    if (!Array.isArray(value)) {
      return true;
    }
    run.effort.spend(value.length);
    let count = 0;
    const isValid = quietly(run, () => {
      for (const [index, item] of value.entries()) {
        if (check(item, run, null)) {
          count += 1;
          evaluated?.steps.add(index);
        }
        if (count > most || (count >= least && most === Infinity && evaluated === null)) {
          break;
        }
      }
      return count >= least && count <= most;
    });
    return isValid || broken(run, 'contains', schema);
  };
}
