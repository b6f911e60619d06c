// Sees everything that leaves gateways: answers with their headers, calls to other hosts, lines of the log.

export type Testimony = {
  /** Of each answer the call, the status, all headers and the body. */
  answers: { call: string; text: string }[];
  /** Of each call to another host; `rest` is all of it but the Authorization header. */
  sent: { host: string; authorization: string | null; rest: string }[];
  /** As they would be printed. */
  logs: string[];
};

let testimony: Testimony | null = null;

/** Everything that leaves the gateways of this file from now on. */
export function witness(): Testimony {
  testimony = { answers: [], sent: [], logs: [] };
  return testimony;
}

/** The next file is not watched. */
export function dismissWitness(): void {
  testimony = null;
}

export async function seeAnswer(request: Request, response: Response): Promise<void> {
  if (testimony !== null) {
    const { answers } = testimony;
    const { status, headers } = response;
    const text = `${status} ${JSON.stringify([...headers])} ${await response.clone().text()}`;
    answers.push({ call: `${request.method} ${new URL(request.url).pathname}`, text });
  }
}

export async function seeSent(request: Request): Promise<void> {
  if (testimony !== null) {
    const { sent } = testimony;
    const { method, url } = request;
    const headers = [...request.headers].filter(([name]) => name !== 'authorization');
    const rest = `${method} ${url} ${JSON.stringify(headers)} ${await request.clone().text()}`;
    sent.push({ host: new URL(url).host, authorization: request.headers.get('authorization'), rest });
  }
}

export function seeLog(line: object): void {
  testimony?.logs.push(JSON.stringify(line));
}
