// Prints the next steps after `npm start`: commands to paste, in 100 columns.

import { say } from './terminal.ts';

type Place = {
  base: string;
  /** Signs in to the console once. */
  link: string;
  /** Null if RunComfy is real. */
  simulator: string | null;
  customer: string;
  key: string;
  /** The demo job, if there was one. */
  job: string | null;
  secretsFile: string;
  logFile: string;
};

export function sayLinesToPaste(at: Place): void {
  say(`
comfygate is running. Paste these lines into another terminal, in this folder:

  export COMFYGATE_KEY=${at.key}
  export REQUEST_ID=${at.job ?? '...the request_id of a submit'}

  curl ${at.base}/v1/models/bytedance/dreamina-3-0/pro/text-to-video \\
    -H "Authorization: Bearer $COMFYGATE_KEY" -H "Content-Type: application/json" \\
    -d '{"prompt": "a lighthouse in the rain", "aspect_ratio": "1920×1088(16:9)"}'
  curl ${at.base}/v1/requests/$REQUEST_ID/status \\
    -H "Authorization: Bearer $COMFYGATE_KEY"
  curl ${at.base}/v1/requests/$REQUEST_ID/result \\
    -H "Authorization: Bearer $COMFYGATE_KEY"

The console (the link signs you in once, within an hour; later, sign in with your admin token):

  ${at.link}

An example page for end users, with uploads and a browser token (examples/web):

  ${at.base}/example/

You are also the operator, with the token in ${at.secretsFile}. List customers, issue a key:

  export COMFYGATE_ADMIN=$(sed -n 's/^ADMIN_TOKENS=[^:]*://p' ${at.secretsFile} | cut -d, -f1)

  curl ${at.base}/admin/customers -H "Authorization: Bearer $COMFYGATE_ADMIN"
  curl ${at.base}/admin/customers/${at.customer}/keys \\
    -H "Authorization: Bearer $COMFYGATE_ADMIN" -H "Content-Type: application/json" \\
    -d '{"name": "second", "limits": {"requests_per_day": 100}}'

${aboutRunComfy(at.simulator)}
The log of the gateway is in ${at.logFile}
Ctrl-C stops everything.`);
}

function aboutRunComfy(simulator: string | null): string {
  return simulator === null
    ? 'This is the real RunComfy: each submit costs money. The demo key spends at most 5 USD per day.'
    : `RunComfy is simulated. Words such as [sim:fail] in a prompt cause errors: ${simulator}`;
}
