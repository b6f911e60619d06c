// npm skips optional packages that its own Node is too old for. The commands run on the Node in node_modules, and so does
// this script: it installs the skipped packages. Plain JavaScript, because every Node reads it.

const { spawnSync } = require('node:child_process');
const path = require('node:path');

const { npm_execpath: npm, npm_config_user_agent: agent = '' } = process.env;

if (npm !== undefined && !agent.includes(`node/${process.version} `)) {
  const args = [npm, 'install', '--no-save', '--ignore-scripts'];
  const options = { cwd: path.join(__dirname, '..'), stdio: 'inherit' };
  process.exitCode = spawnSync(process.execPath, args, options).status ?? 1;
}
