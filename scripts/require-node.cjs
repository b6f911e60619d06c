// Says in one sentence what to do where Node is too old to run TypeScript. Plain JavaScript that every Node reads: an
// old one would only tell of a file type that it does not know.

if (!process.features.typescript) {
  process.stderr.write(
    `This is Node ${process.version}, which is too old for comfygate: install Node 24 (from https://nodejs.org, or with ` +
      '`nvm install` in this folder) and run the command again.\n',
  );
  process.exit(1);
}
