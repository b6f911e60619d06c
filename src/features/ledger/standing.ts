// The gate's reading of the caller: live or not, on which terms, and how much is held.

import { column, type Row } from '../../storage/column.ts';
import { isNumber } from '../../lib/guard.ts';

export type Standing = {
  admitted: number;
  key_live: number;
  customer_active: number;
  submits_on: number;
  /** 0: the terms that priced the hold or allowed its model have changed. */
  terms_hold: number;
  /** How long unknown outcomes of their own hold the customer back; 0: not at all. */
  customer_wait_ms: number;
  held_micros: number;
};

export function standingOf(row: Row | undefined): Standing {
  return {
    admitted: column(row, 'admitted', isNumber),
    key_live: column(row, 'key_live', isNumber),
    customer_active: column(row, 'customer_active', isNumber),
    submits_on: column(row, 'submits_on', isNumber),
    terms_hold: column(row, 'terms_hold', isNumber),
    customer_wait_ms: column(row, 'customer_wait_ms', isNumber),
    held_micros: column(row, 'held_micros', isNumber),
  };
}
