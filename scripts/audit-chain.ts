// Checks the chain of the audit and finds the first row that was changed. Ids have no gaps, so a missing id is a removed
// row. Pure.

import { hashDetails, hashRow, NO_SEAL, type Link, type Seal } from '../src/features/audit/chain.ts';

/** The state of a check in progress. */
export type Checked = {
  /** The last valid seal. */
  seal: Seal | null;
  /** The last row, sealed or not. */
  lastId: number;
  /** The first row that the cron has not sealed yet. */
  unsealedFromId: number | null;
  /** The number of rows without details: erased or removed. */
  withoutDetails: number;
};

/** A seal from the log. */
export type LoggedSeal = { id: number; sha256: string };

/** Reads the whole chain in the order of ids. Returns a sentence about the first row that was changed, removed or inserted. */
export async function checkChain(
  links: AsyncIterable<Link>,
  logged: LoggedSeal | null,
): Promise<Checked | string> {
  let so: Checked = { seal: null, lastId: 0, unsealedFromId: null, withoutDetails: 0 };
  for await (const link of links) {
    const next = await checkLink(so, link);
    if (typeof next === 'string') {
      return next;
    }
    if (link.id === logged?.id && link.seal?.sha256 !== logged.sha256) {
      return `Row ${link.id} or an earlier row was changed together with the seals: the log has a different seal.`;
    }
    so = next;
  }
  return logged !== null && so.lastId < logged.id
    ? `Row ${so.lastId + 1} was removed: the log has a seal of row ${logged.id}.`
    : so;
}

async function checkLink(so: Checked, { id, row, details, seal }: Link): Promise<Checked | string> {
  if (id <= so.lastId) {
    return `Row ${id} was inserted.`;
  }
  if (id > so.lastId + 1 || row === null) {
    return `Row ${so.lastId + 1} was removed.`;
  }
  const next = { ...so, lastId: id, withoutDetails: so.withoutDetails + (details === null ? 1 : 0) };
  if (seal === null) {
    return { ...next, unsealedFromId: so.unsealedFromId ?? id };
  }
  if (so.unsealedFromId !== null) {
    return `Row ${so.unsealedFromId} was inserted, or its seal was removed.`;
  }
  if (details !== null && (await hashDetails(details)) !== seal.details_sha256) {
    return `The details of row ${id} were changed.`;
  }
  const sha256 = await hashRow(so.seal?.sha256 ?? NO_SEAL, row, seal.details_sha256);
  return sha256 === seal.sha256 ? { ...next, seal } : `Row ${id} or its seal was changed.`;
}
