// Prints the next steps after the first deployment: the place of the secrets, and commands to paste, in 100 columns. A file
// notes that this was printed.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../terminal.ts';
import { confirm, isTerminal } from './ask.ts';
import { shown } from './notes.ts';
import type { Place } from './place.ts';

type Deployed = { url: string; isAgreed: boolean };

export async function sayWhatIsNext(place: Place, { url, isAgreed }: Deployed): Promise<void> {
  const note = join(place.folder, 'told');
  if (existsSync(note)) {
    say(`\nThe gateway is at ${url}. To check it: npm run doctor`);
    return;
  }
  if (existsSync(place.secretsFile)) {
    await entrustSecrets(place, isAgreed);
  }
  sayNextSteps(place, url);
  writeFileSync(note, `${new Date().toISOString()}\n`);
}

/** Prints the place of the secrets, and waits until the operator has a copy elsewhere. */
async function entrustSecrets(place: Place, isAgreed: boolean): Promise<void> {
  say(`
The secrets of this gateway are in ${shown(place.secretsFile)} and nowhere else that you can read:
Cloudflare never returns secrets. Put a copy into your password manager.`);
  if (isAgreed || !isTerminal()) {
    return;
  }
  while (!(await confirm('Do you have a copy elsewhere?'))) {
    say('Without VAULT_KEY nobody can unseal the secrets in the vault. Copy the file first.');
  }
}

function sayNextSteps(place: Place, url: string): void {
  const secrets = shown(place.secretsFile);
  say(`
Next, in this folder:

  export COMFYGATE_URL=${url}
  export COMFYGATE_ADMIN=$(sed -n 's/^ADMIN_TOKENS=[^:]*://p' \\
    ${secrets} | cut -d, -f1)

1. Import RunComfy's models and prices (docs/catalogue.md):
  curl -X POST $COMFYGATE_URL/admin/models/sync -H "Authorization: Bearer $COMFYGATE_ADMIN"

2. Create a customer and note the id in the answer:
  curl $COMFYGATE_URL/admin/customers -H "Authorization: Bearer $COMFYGATE_ADMIN" \\
    -H "Content-Type: application/json" -d '{"name": "Acme", "markup": 1.25, "prepaid": true}'

3. Issue a key with limits (docs/admin.md):
  curl $COMFYGATE_URL/admin/customers/$CUSTOMER/keys -H "Authorization: Bearer $COMFYGATE_ADMIN" \\
    -H "Content-Type: application/json" -d '{"name": "server", "limits": {"requests_per_day": 100}}'
`);
}
