// What went wrong, in the gateway's own words, and which limit it was.

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
    return 'That did not work';
  }
  switch (error.code) {
    case 'request_limit':
    case 'spend_limit':
      return error.limit?.scope === 'token'
        ? 'This visit has used all it may'
        : 'There is no room for more today';
    case 'concurrency_limit':
      return 'Too many at once';
    case 'invalid_input':
      return 'The model cannot use this input';
    case 'no_answer':
      return 'No connection';
    default:
      return 'The gateway says no';
  }
}
