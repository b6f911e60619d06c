// The check of the audit's chain: the first row that is not as it was written. Pure; a row is told by its id, and ids have
// no gaps.

import { hashDetails, hashRow, NO_SEAL, type Link, type Seal } from '../src/features/audit/chain.ts';

/** How far a check has come. */
export type Checked = {
  /** The last seal that holds. */
  seal: Seal | null;
  /** The last row, sealed or not. */
  lastId: number;
  /** From here on the cron has sealed nothing yet. */
  unsealedFromId: number | null;
  /** Rows whose details are gone: erased, or taken out. */
  withoutDetails: number;
};

/** A seal as the log has it. */
export type LoggedSeal = { id: number; sha256: string };

/** Reads the whole chain in the order of ids; a sentence about the first row that was changed, taken out or slipped in. */
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
      return `Row ${link.id} or one before it was changed together with the seals: the log has another seal.`;
    }
    so = next;
  }
  return logged !== null && so.lastId < logged.id
    ? `Row ${so.lastId + 1} was taken out: the log has a seal of row ${logged.id}.`
    : so;
}

async function checkLink(so: Checked, { id, row, details, seal }: Link): Promise<Checked | string> {
  if (id <= so.lastId) {
    return `Row ${id} was slipped in.`;
  }
  if (id > so.lastId + 1 || row === null) {
    return `Row ${so.lastId + 1} was taken out.`;
  }
  const next = { ...so, lastId: id, withoutDetails: so.withoutDetails + (details === null ? 1 : 0) };
  if (seal === null) {
    return { ...next, unsealedFromId: so.unsealedFromId ?? id };
  }
  if (so.unsealedFromId !== null) {
    return `Row ${so.unsealedFromId} was slipped in, or its seal was taken out.`;
  }
  if (details !== null && (await hashDetails(details)) !== seal.details_sha256) {
    return `The details of row ${id} were changed.`;
  }
  const sha256 = await hashRow(so.seal?.sha256 ?? NO_SEAL, row, seal.details_sha256);
  return sha256 === seal.sha256 ? { ...next, seal } : `Row ${id} was changed, or its seal was.`;
}
