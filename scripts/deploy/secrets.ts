// The secrets of the gateway. Generated secrets are written to a file of this clone before the upload, because Cloudflare
// never returns a secret.

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { readSettings } from '../../src/env.ts';
import { Mistake } from '../terminal.ts';
import { shown } from './notes.ts';
import { makeFolder, type Place } from './place.ts';

export type Secrets = Record<string, string>;

/** Generated if absent: without them a Worker is closed. */
const GENERATED: Record<string, () => string> = {
  ADMIN_TOKENS: () => `ops:${randomBytes(32).toString('base64url')}`,
  VAULT_KEY: () => randomBytes(32).toString('base64'),
};

/** Uploaded if the environment has them. */
const GIVEN = ['READ_TOKENS'];

/** Names that plain variables must not have: Cloudflare shows plain variables, and the config of the clone contains them. */
export const SECRETS = [...Object.keys(GENERATED), ...GIVEN, 'RUNCOMFY_TOKEN', 'VAULT_KEY_PREVIOUS'];

/**
 * Throws if a secret of the environment would close the gateway: an invalid one, or a VAULT_KEY that differs from the one in
 * this clone, which may be the only copy of the key.
 */
export function refuseClosing(place: Place): void {
  const names = [...Object.keys(GENERATED), ...GIVEN];
  const given = Object.fromEntries(names.map((name) => [name, fromEnvironment(name)]));
  const mistake = readSettings(given).mistakes.find((one) =>
    names.some((name) => given[name] !== undefined && one.startsWith(`${name}: `)),
  );
  if (mistake !== undefined) {
    throw new Mistake(`The environment has an invalid secret (${mistake}).`);
  }
  const { VAULT_KEY: kept } = readSecretsFile(place);
  if (kept !== undefined && given['VAULT_KEY'] !== undefined && given['VAULT_KEY'] !== kept) {
    throw new Mistake(
      `The VAULT_KEY of the environment differs from the one in ${shown(place.secretsFile)} and cannot open what that one ` +
        'sealed.\nUnset it. To change the key, see docs/vault.md, and then put the new key into the file.',
    );
  }
}

/** The names of secrets that do not exist yet. */
export function missingOf(place: Place, present: string[]): string[] {
  const kept = readSecretsFile(place);
  return Object.keys(GENERATED).filter(
    (name) => fromEnvironment(name) === undefined && !present.includes(name) && kept[name] === undefined,
  );
}

/**
 * The secrets to upload with the next version; all others stay unchanged. The environment comes first. Otherwise a secret of
 * the Worker stays, a missing one comes from the file of an interrupted run, and `making` names the ones to generate.
 */
export function chooseSecrets(place: Place, present: string[], making: string[]): Secrets {
  const kept = readSecretsFile(place);
  const upload: Secrets = {};
  for (const [name, make] of Object.entries(GENERATED)) {
    const known = fromEnvironment(name) ?? (present.includes(name) ? undefined : kept[name]);
    const value = known ?? (making.includes(name) ? make() : undefined);
    if (value !== undefined) {
      upload[name] = value;
    }
  }
  const isNew = Object.entries(upload).some(([name, value]) => kept[name] !== value);
  if (isNew) {
    writeSecretsFile(place, { ...kept, ...upload });
  }
  for (const name of GIVEN) {
    const value = fromEnvironment(name);
    if (value !== undefined) {
      upload[name] = value;
    }
  }
  return upload;
}

export function fromEnvironment(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value === '' ? undefined : value;
}

export function readSecretsFile({ secretsFile }: Place): Secrets {
  if (!existsSync(secretsFile)) {
    return {};
  }
  const lines = Object.entries(parseEnv(readFileSync(secretsFile, 'utf8')));
  return Object.fromEntries(lines.map(([name, value]) => [name, value ?? '']));
}

/** Writes the file atomically, and to the disk before anything else happens. */
function writeSecretsFile(place: Place, secrets: Secrets): void {
  makeFolder(place);
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  const next = `${place.secretsFile}.next`;
  const file = openSync(next, 'w', 0o600);
  writeSync(file, lines.join(''));
  fsyncSync(file);
  closeSync(file);
  renameSync(next, place.secretsFile);
}
