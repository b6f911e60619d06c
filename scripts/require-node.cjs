// Stops with a clear message if Node is too old to run TypeScript. Plain JavaScript, because every Node reads it: an old Node
// would only report an unknown file type.

if (!process.features.typescript) {
  process.stderr.write(
    `Node ${process.version} is too old for comfygate. Install Node 24 (from https://nodejs.org, or with ` +
      '`nvm install` in this folder) and run the command again.\n',
  );
  process.exit(1);
}
