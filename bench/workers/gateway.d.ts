// The bundle of the gateway as it is deployed, which bench/stage.ts adds to the Worker's modules.

declare const gateway: Required<Pick<ExportedHandler<Env>, 'fetch' | 'scheduled'>>;
export default gateway;
