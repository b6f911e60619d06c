// The bodies of RunComfy's refusals: an HTTP status, a numeric error_code whose first three digits are usually
// that status, a sentence, and the documented name of the error.

export type Refusal = { status: number; code: number; name: string; message: string };

export const REFUSALS = {
  unknownModel: { status: 400, code: 400001, name: 'InvalidResourceIdentifier', message: 'wrong model_id' },
  noBalance: { status: 400, code: 400002, name: 'InsufficientResources', message: 'no remaining balance' },
  badToken: { status: 400, code: 400004, name: 'UserAccountError', message: 'invalid authentication' },
  notReady: { status: 400, code: 400005, name: 'ResultNotReady', message: 'the result is not ready' },
  notYours: {
    status: 403,
    code: 403001,
    name: 'PermissionDeniedError',
    message: 'the request_id belongs to another user',
  },
  unknownRequest: { status: 404, code: 404001, name: 'ResourceNotFound', message: 'nonexistent request_id' },
  badInput: { status: 422, code: 422001, name: 'ValidationError', message: 'the input breaks the schema' },
} satisfies Record<string, Refusal>;

export function refuse(refusal: Refusal, extra: { status?: number; detail?: unknown } = {}): Response {
  const { code, message, name } = refusal;
  const detail = extra.detail === undefined ? {} : { detail: extra.detail };
  return Response.json(
    { error_code: code, error_message: message, error: name, ...detail },
    { status: extra.status ?? refusal.status },
  );
}
