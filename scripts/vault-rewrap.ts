// `npm run vault:rewrap`: makes a running gateway seal all secrets again with its current VAULT_KEY, call by call, and prints
// their number. You can stop it and run it again.

import { must, over } from './call.ts';
import { runningGateway } from './running-gateway.ts';
import { giveUp, Mistake, say } from './terminal.ts';

async function rewrap(): Promise<void> {
  const { base, token } = runningGateway();
  const call = over(base);
  let sealed = 0;
  for (;;) {
    const reply = call('/admin/vault/rewrap', { method: 'POST', token }).catch(() => {
      throw new Mistake(`No gateway answers at ${base}. Start it with npm start, or set COMFYGATE_URL.`);
    });
    const { rewrapped, left } = await must(200, reply);
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
