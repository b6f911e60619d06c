// What the scripts say to people. The only place in them that prints.

const startedMs = Date.now();

export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** A step that is done, with the seconds since the start. */
export function step(text: string): void {
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1).padStart(5);
  say(`${seconds} s  ${text}`);
}

/** Lines of at most so many columns, but for a word that is longer. */
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

/** A mistake that the reader can mend: told in a sentence, without a stack. */
export class Mistake extends Error {}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Ends the process with the sentence of a Mistake, or with what little is known of any other failure. */
export function giveUp(error: unknown): never {
  const text = sentenceOf(error);
  process.stderr.write(error instanceof Mistake ? `${text}\n` : `comfygate could not start: ${text}\n`);
  process.exit(1);
}
