// `npm run audit:check`: reads the audit of a running gateway, recomputes its chain of seals on this machine, and names the
// first row that was changed, removed or inserted. `--seal ID:SHA256` compares with a line `audit_sealed` of the log, which
// an attacker who rewrites rows and seals together cannot change.

import { parseArgs } from 'node:util';
import type { Link } from '../src/features/audit/chain.ts';
import { must } from './call.ts';
import { checkChain, type Checked, type LoggedSeal } from './audit-chain.ts';
import { runningGateway } from './running-gateway.ts';
import { giveUp, Mistake, say } from './terminal.ts';

async function check(): Promise<void> {
  const { seal } = parseArgs({ options: { seal: { type: 'string' } } }).values;
  const found = await checkChain(links(), seal === undefined ? null : loggedSeal(seal));
  if (typeof found === 'string') {
    say(found);
    process.exitCode = 1;
    return;
  }
  tell(found);
}

function loggedSeal(text: string): LoggedSeal {
  const [, id, sha256] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (id === undefined || sha256 === undefined) {
    throw new Mistake('--seal takes the value of `seal` in a log line audit_sealed: ID:SHA256.');
  }
  return { id: Number(id), sha256 };
}

/** All stored rows, in the order of ids. */
async function* links(): AsyncGenerator<Link> {
  const { call, token } = runningGateway();
  let page: Link[] = [];
  do {
    const last = page.at(-1);
    const after = last === undefined ? '' : `?after=${last.id}`;
    page = Object(await must(200, call(`/admin/audit/chain${after}`, { token }))).items;
    yield* page;
  } while (page.length > 0);
}

function tell({ seal, lastId, withoutDetails }: Checked): void {
  const sealedTo = seal?.upto_id ?? 0;
  say(`${lastId} rows, ${sealedTo} of them sealed. None was changed.`);
  say(`${withoutDetails} rows have no details: they were erased.`);
  if (seal !== null) {
    say(`Last seal: ${seal.upto_id}:${seal.sha256}. The log has it as audit_sealed.`);
  }
}

check().catch(giveUp);
