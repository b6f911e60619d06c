// Fetches the files that a job names as RunComfy does: without a login. A job whose file cannot be read fails.
import type { InputSchema, Property } from './catalogue/model.ts';
import { serveFile } from './routes/files.ts';
import type { Simulation } from './simulation.ts';

const MEDIA = /^(image|video|audio)_uris?$/;

/** The error of the job; null: every file could be read, or nothing is fetched. */
export async function inputError(
  sim: Simulation,
  schema: InputSchema,
  body: Record<string, unknown>,
): Promise<{ code: string; message: string } | null> {
  const { fetchInput } = sim.options;
  if (fetchInput === undefined) {
    return null;
  }
  for (const { name, url, kind } of mediaIn(schema, body)) {
    const found = await readInput(url, fetchInput);
    if (!found.startsWith(kind)) {
      return { code: 'input_unreadable', message: `${name} could not be read: ${found}` };
    }
  }
  return null;
}

/** The content type, or the reason why there is none. */
async function readInput(url: string, fetchInput: (url: string) => Promise<Response>): Promise<string> {
  try {
    const isOwn = new URL(url).hostname.endsWith('.runcomfy.net');
    const response = isOwn ? serveFile(new Request(url)) : await fetchInput(url);
    const { byteLength } = await response.arrayBuffer();
    const type = response.headers.get('content-type') ?? '';
    return response.ok && byteLength > 0 ? type : `its host answered ${response.status}`;
  } catch {
    return 'its host could not be reached';
  }
}

type Media = { name: string; url: string; kind: string };

/** Data URIs are left out, because they contain their file. */
function mediaIn({ properties }: InputSchema, body: Record<string, unknown>): Media[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const kind = MEDIA.exec(formatOf(property))?.[1];
    const values = [body[name]].flat().filter((value) => typeof value === 'string');
    return kind === undefined
      ? []
      : values.filter((url) => /^https?:/i.test(url)).map((url) => ({ name, url, kind }));
  });
}

function formatOf({ format, items }: Property): string {
  return format ?? items?.format ?? '';
}
