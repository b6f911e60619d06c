// What the operator is told after a deployment: where the secrets are, and lines to paste that work as they stand, in 100
// columns. Told once in full, so a note says that it was.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../terminal.ts';
import { confirm, isTerminal } from './ask.ts';
import { shown } from './notes.ts';
import type { Place } from './place.ts';

type Told = { url: string; isAgreed: boolean };

export async function sayWhatIsNext(place: Place, { url, isAgreed }: Told): Promise<void> {
  const note = join(place.folder, 'told');
  if (existsSync(note)) {
    say(`\nThe gateway is at ${url}. What it needs is told by: npm run doctor`);
    return;
  }
  if (existsSync(place.secretsFile)) {
    await entrustSecrets(place, isAgreed);
  }
  sayNextSteps(place, url);
  writeFileSync(note, `${new Date().toISOString()}\n`);
}

/** Says where the secrets lie, and waits until the reader has them elsewhere too. */
async function entrustSecrets(place: Place, isAgreed: boolean): Promise<void> {
  say(`
The secrets of this gateway are in ${shown(place.secretsFile)} and nowhere else that you can read:
Cloudflare does not give them back. Put a copy into your password manager.`);
  if (isAgreed || !isTerminal()) {
    return;
  }
  while (!(await confirm('Do you have a copy elsewhere?'))) {
    say('Without VAULT_KEY nobody can open what the gateway has sealed. Copy the file first.');
  }
}

function sayNextSteps(place: Place, url: string): void {
  const secrets = shown(place.secretsFile);
  say(`
Next, in this folder:

  export COMFYGATE_URL=${url}
  export COMFYGATE_ADMIN=$(sed -n 's/^ADMIN_TOKENS=[^:]*://p' \\
    ${secrets} | cut -d, -f1)

1. Read RunComfy's models and prices in (docs/catalogue.md):
  curl -X POST $COMFYGATE_URL/admin/models/sync -H "Authorization: Bearer $COMFYGATE_ADMIN"

2. Make a customer, and keep the id of the answer:
  curl $COMFYGATE_URL/admin/customers -H "Authorization: Bearer $COMFYGATE_ADMIN" \\
    -H "Content-Type: application/json" -d '{"name": "Acme", "markup": 1.25, "prepaid": true}'

3. Give them a key, with limits (docs/admin.md):
  curl $COMFYGATE_URL/admin/customers/$CUSTOMER/keys -H "Authorization: Bearer $COMFYGATE_ADMIN" \\
    -H "Content-Type: application/json" -d '{"name": "server", "limits": {"requests_per_day": 100}}'
`);
}
