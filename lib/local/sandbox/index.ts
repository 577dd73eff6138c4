export { accountValueAt, accountValueOn } from './account-value';
export { createMarket, type Instrument, type Market } from './market';
export { readRealCloses } from './real-closes';
export {
  type SandboxAccount,
  type SandboxConnection,
  type SandboxFlow,
  type SandboxUser,
  type Scenario,
  type ScenarioInput,
  scenarioSchema,
} from './scenario';
export {
  createSandbox,
  type RunningSandbox,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from './server';
