// Uploads with wrangler, which bundles, uploads code and secrets as one version, and sets the cron triggers.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Mistake } from '../terminal.ts';
import type { Place } from './place.ts';
import type { Secrets } from './secrets.ts';
import { complaintOf, runWrangler } from './wrangler.ts';

/** Returns the id of the new version. */
export async function upload(place: Place, secrets: Secrets): Promise<string> {
  const secretsFile = join(place.folder, 'upload.json');
  const report = join(place.folder, 'upload.ndjson');
  rmSync(report, { force: true });
  const withSecrets = Object.keys(secrets).length > 0;
  try {
    if (withSecrets) {
      rmSync(secretsFile, { force: true });
      writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 });
    }
    const args = [
      'deploy',
      '--config',
      place.configFile,
      ...(withSecrets ? ['--secrets-file', secretsFile] : []),
    ];
    await runWrangler(args, { WRANGLER_OUTPUT_FILE_PATH: report }).catch((error: unknown) => {
      throw new Mistake(`The upload failed:\n${complaintOf(error)}`);
    });
    return versionIn(report);
  } finally {
    rmSync(secretsFile, { force: true });
  }
}

/** Wrangler writes its report as lines of JSON. */
function versionIn(report: string): string {
  const lines = readFileSync(report, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const deployed = lines.map((line) => Object(JSON.parse(line))).find(({ type }) => type === 'deploy');
  const version: unknown = deployed?.version_id;
  if (typeof version !== 'string') {
    throw new Mistake('Wrangler did not report the version that it deployed.');
  }
  return version;
}
