// An error with the sentence of the gateway, and a heading by its code.

import { ComfygateError } from 'comfygate';

export function Note({ error }: { error: unknown }) {
  return (
    <div role="alert" className="grid gap-1 rounded-xl border border-bad bg-bad-soft px-4 py-3">
      <p className="font-medium text-bad">{headOf(error)}</p>
      <p className="break-words">{error instanceof Error ? error.message : String(error)}</p>
      {error instanceof ComfygateError && error.traceId !== null ? (
        <p className="font-mono text-xs break-all text-quiet">trace {error.traceId}</p>
      ) : null}
    </div>
  );
}

function headOf(error: unknown): string {
  if (!(error instanceof ComfygateError)) {
    return 'Something went wrong';
  }
  switch (error.code) {
    case 'request_limit':
    case 'spend_limit':
      return error.limit?.scope === 'token'
        ? 'You have used everything in this visit'
        : 'The limit is reached';
    case 'concurrency_limit':
      return 'Too many jobs at once';
    case 'invalid_input':
      return 'The model cannot use this input';
    case 'no_answer':
    case 'no_token':
      return 'No connection';
    default:
      return 'The gateway refused the request';
  }
}
