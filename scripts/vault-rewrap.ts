// `npm run vault:rewrap`: makes a running gateway seal all secrets again with its current VAULT_KEY, call by call, and prints
// their number. You can stop it and run it again.

import { must } from './call.ts';
import { runningGateway } from './running-gateway.ts';
import { giveUp, say } from './terminal.ts';

async function rewrap(): Promise<void> {
  const { call, token } = runningGateway();
  let sealed = 0;
  for (;;) {
    const { rewrapped, left } = await must(200, call('/admin/vault/rewrap', { method: 'POST', token }));
    sealed += Number(rewrapped);
    if (left === 0 || rewrapped === 0) {
      tell(sealed, Number(left));
      return;
    }
  }
}

function tell(sealed: number, left: number): void {
  say(`${sealed} secrets sealed again, ${left} left`);
  if (left > 0) {
    say(
      'Neither VAULT_KEY nor VAULT_KEY_PREVIOUS opens the rest. GET /admin/accounts lists the accounts with unreadable tokens.',
    );
    process.exitCode = 1;
  }
}

rewrap().catch(giveUp);
