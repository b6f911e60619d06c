// `npm run vault:rewrap`: has a running gateway seal everything with its present VAULT_KEY, call by call until nothing is
// left, and says how much that was. May be stopped and run again.

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
  say(`${sealed} texts sealed anew, ${left} left`);
  if (left > 0) {
    say('Neither VAULT_KEY nor VAULT_KEY_PREVIOUS opens what is left. GET /admin/accounts says which it is.');
    process.exitCode = 1;
  }
}

rewrap().catch(giveUp);
