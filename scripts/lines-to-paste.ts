// What a reader does next: lines that work as they stand, in 100 columns.

import { say } from './terminal.ts';

type Place = {
  base: string;
  /** Signs in to the console once. */
  link: string;
  /** Null: RunComfy is real. */
  simulator: string | null;
  customer: string;
  key: string;
  /** The job that was played, if it was. */
  job: string | null;
  secretsFile: string;
  logFile: string;
};

export function sayLinesToPaste(at: Place): void {
  say(`
comfygate is up. Paste these into another terminal, in this folder:

  export COMFYGATE_KEY=${at.key}
  export REQUEST_ID=${at.job ?? '...the request_id of a submit'}

  curl ${at.base}/v1/models/bytedance/dreamina-3-0/pro/text-to-video \\
    -H "Authorization: Bearer $COMFYGATE_KEY" -H "Content-Type: application/json" \\
    -d '{"prompt": "a lighthouse in the rain", "aspect_ratio": "1920×1088(16:9)"}'
  curl ${at.base}/v1/requests/$REQUEST_ID/status \\
    -H "Authorization: Bearer $COMFYGATE_KEY"
  curl ${at.base}/v1/requests/$REQUEST_ID/result \\
    -H "Authorization: Bearer $COMFYGATE_KEY"

The console, signed in (the link works once, within the hour; after that, the token does):

  ${at.link}

A page of a shop, with a picture from your disk and a token of its own (examples/web):

  ${at.base}/example/

You are the operator too, with the token in ${at.secretsFile}. List the customers, issue another key:

  export COMFYGATE_ADMIN=$(sed -n 's/^ADMIN_TOKENS=[^:]*://p' ${at.secretsFile} | cut -d, -f1)

  curl ${at.base}/admin/customers -H "Authorization: Bearer $COMFYGATE_ADMIN"
  curl ${at.base}/admin/customers/${at.customer}/keys \\
    -H "Authorization: Bearer $COMFYGATE_ADMIN" -H "Content-Type: application/json" \\
    -d '{"name": "second", "limits": {"requests_per_day": 100}}'

${aboutRunComfy(at.simulator)}
What the gateway logs is in ${at.logFile}
Ctrl-C stops everything.`);
}

function aboutRunComfy(simulator: string | null): string {
  return simulator === null
    ? 'RunComfy is the real one: each submit costs money. The demo key spends at most 5 USD a day.'
    : `RunComfy is simulated. Words like [sim:fail] in a prompt make it misbehave: ${simulator}`;
}
