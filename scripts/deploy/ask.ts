// Asks questions at the terminal. Without a terminal, the lines of standard input are the answers.

import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';

export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** The trimmed answer; '' if there is none. */
export function ask(question: string): Promise<string> {
  return answerTo(question, process.stdout);
}

/** Asks without showing the typed text. */
export async function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await answerTo(question, nowhere);
  process.stdout.write('\n');
  return answer;
}

export async function confirm(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `));
}

/** Echoes typed characters to `output` only. */
function answerTo(question: string, output: NodeJS.WritableStream): Promise<string> {
  // The terminal echoes typed text until something reads it, so reading starts before the question is printed.
  const answer = process.stdin.isTTY ? readLine(output) : nextLine();
  process.stdout.write(question);
  return answer;
}

function readLine(output: NodeJS.WritableStream): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  return new Promise((resolve) => {
    terminal.once('line', (line) => {
      // Resolve first: `close` resolves with no answer.
      resolve(line.trim());
      terminal.close();
    });
    // Ctrl-D gives no answer, Ctrl-C ends the command.
    terminal.once('close', () => resolve(''));
    terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  });
}

let input: { lines: AsyncIterator<string>; from: Interface } | undefined;

async function nextLine(): Promise<string> {
  if (input === undefined) {
    const from = createInterface({ input: process.stdin });
    input = { from, lines: from[Symbol.asyncIterator]() };
  }
  const { value, done } = await input.lines.next();
  return done === true ? '' : value.trim();
}
