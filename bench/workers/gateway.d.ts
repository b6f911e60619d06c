// The gateway as it is deployed: bench/stage.ts puts its bundle beside this Worker.

declare const gateway: Required<Pick<ExportedHandler<Env>, 'fetch' | 'scheduled'>>;
export default gateway;
