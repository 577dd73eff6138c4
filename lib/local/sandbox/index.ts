export { accountValueOn } from './account-value';
export { createMarket } from './market';
export { readRealCloses } from './real-closes';
export { type SandboxAccount, type SandboxUser, type ScenarioInput, scenarioSchema } from './scenario';
export { createSandbox, type RunningSandbox, type Sandbox, startSandbox } from './server';
