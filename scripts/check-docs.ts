// Fails on a dead link or path in the documentation.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { giveUp, Mistake, say } from './terminal.ts';

const root = resolve(import.meta.dirname, '..');
const LINK = /\]\((?!https?:|#)([^)#\s]+)/g;
/** A path in backticks that starts with one of our folders. */
const PATH = /`((?:src|test|simulator|scripts|bench|docs|migrations)\/[\w./-]*)`/g;

function pages(): string[] {
  return ['.', '.github', 'docs'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  );
}

function deadPaths(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const links = [...text.matchAll(LINK)].map(([, path = '']) => join(dirname(page), path));
  const paths = [...text.matchAll(PATH)].map(([, path = '']) => path);
  return [...links, ...paths]
    .filter((path) => !existsSync(join(root, path)))
    .map((path) => `${page}: ${path}`);
}

try {
  const checked = pages();
  const dead = checked.flatMap(deadPaths);
  if (dead.length > 0) {
    throw new Mistake(`Dead links or paths:\n${dead.join('\n')}`);
  }
  say(`${checked.length} pages, no dead links or paths.`);
} catch (error) {
  giveUp(error);
}
