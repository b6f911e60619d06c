// The output of the scripts. No other script prints.

const startedMs = Date.now();

export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a completed step with the seconds since the start. */
export function step(text: string): void {
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1).padStart(5);
  say(`${seconds} s  ${text}`);
}

/** Wraps a text at so many columns; only a longer word exceeds them. */
export function folded(text: string, columns: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
    if (line.length > columns && lines.at(-1) !== '') {
      lines.push(word);
    } else {
      lines.splice(-1, 1, line);
    }
  }
  return lines;
}

/** An error that the reader can fix. It is printed as a sentence, without a stack. */
export class Mistake extends Error {}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Ends the process with the message of the error. */
export function giveUp(error: unknown): never {
  const text = sentenceOf(error);
  process.stderr.write(error instanceof Mistake ? `${text}\n` : `Unexpected error: ${text}\n`);
  process.exit(1);
}
