// A refusal of the gateway as an error.

type Body = {
  code: string;
  detail: string;
  trace_id: string;
  errors?: { path: string; message: string }[];
};

/** `message` is the sentence of the API. The trace id finds the log line. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly traceId: string | null;
  /** By the path of the member that is wrong. */
  readonly errors: Map<string, string>;

  constructor(status: number, body: Body | null) {
    super(
      body?.detail ??
        `The answer with status ${status} is not from the gateway. Try again. If it stays, check what is in front of the gateway.`,
    );
    this.status = status;
    this.code = body?.code ?? '';
    this.traceId = body?.trace_id ?? null;
    this.errors = new Map(body?.errors?.map(({ path, message }) => [path, message]));
  }
}

export function isBody(value: unknown): value is Body {
  return (
    typeof value === 'object' &&
    value !== null &&
    'detail' in value &&
    typeof value.detail === 'string' &&
    'code' in value &&
    typeof value.code === 'string' &&
    'trace_id' in value &&
    typeof value.trace_id === 'string'
  );
}
