// What the gateway refused, in its own words.

type Body = {
  code: string;
  detail: string;
  trace_id: string;
  errors?: { path: string; message: string }[];
};

/** The API's own sentence, its code, and the trace id that leads to the log line. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly traceId: string | null;
  /** By the path of the member that is wrong. */
  readonly errors: Map<string, string>;

  constructor(status: number, body: Body | null) {
    super(body?.detail ?? `The gateway answered ${status}.`);
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
