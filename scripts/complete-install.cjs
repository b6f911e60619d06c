// npm leaves out optional packages that its own Node is too old for. The commands run on the Node of node_modules, as this
// does: it installs what was left out. Plain JavaScript that every Node reads.

const { spawnSync } = require('node:child_process');
const path = require('node:path');

const { npm_execpath: npm, npm_config_user_agent: agent = '' } = process.env;

if (npm !== undefined && !agent.includes(`node/${process.version} `)) {
  const args = [npm, 'install', '--no-save', '--ignore-scripts'];
  const options = { cwd: path.join(__dirname, '..'), stdio: 'inherit' };
  process.exitCode = spawnSync(process.execPath, args, options).status ?? 1;
}
