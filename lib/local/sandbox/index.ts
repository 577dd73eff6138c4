export { accountValueOn, settleFlows } from './account-value';
export { renderActivities } from './activities';
export { createMarket } from './market';
export { readRealCloses } from './real-closes';
export {
  type SandboxAccount,
  type SandboxConnection,
  type SandboxUser,
  type ScenarioInput,
  scenarioSchema,
} from './scenario';
export { createSandbox, type RunningSandbox, type Sandbox, startSandbox } from './server';
