// npm leaves out optional packages that its own Node is too old for. The commands run on the Node of node_modules, which is
// new enough: it installs what was left out. Plain JavaScript that every Node reads.

const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const NODE = join(ROOT, 'node_modules/.bin/node');
const npm = process.env.npm_execpath;

if (!process.features.typescript && npm !== undefined && existsSync(NODE)) {
  const args = [npm, 'install', '--no-save', '--ignore-scripts'];
  process.exitCode = spawnSync(NODE, args, { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}
