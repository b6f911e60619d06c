// Customers take turns: nobody's first job waits for anybody's second. Pure.

import type { CustomerId } from '../../lib/ids.ts';

/** One of each customer, then the second of each, and so on, from the customer behind `after` on in the order of ids. */
export function inTurns<T extends { customerId: CustomerId }>(jobs: T[], after: string): T[] {
  const customers = Map.groupBy(jobs, ({ customerId }) => customerId);
  const ids = [...customers.keys()].toSorted();
  const order = [...ids.filter((id) => id > after), ...ids.filter((id) => id <= after)];
  return alternately(order.map((id) => customers.get(id) ?? []));
}

/** The first of each queue, then the second of each, and so on. */
export function alternately<T>(queues: T[][]): T[] {
  const turns = Math.max(0, ...queues.map((queue) => queue.length));
  return Array.from({ length: turns }, (_, turn) =>
    queues.flatMap((queue) => queue.slice(turn, turn + 1)),
  ).flat();
}
