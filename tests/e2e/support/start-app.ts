import { startRunningApp } from '../../support/running-app';

/**
 * A Friday evening in New York, an hour and a half after the close: every broker has been read, so the day itself is
 * captured and nothing is on its way.
 */
const FRIDAY_EVENING = '2026-11-20T22:30:00Z';

/** Starts the built product with its demo for all tests, and tells them where it is. */
export default async function startApp(): Promise<() => Promise<void>> {
  const app = await startRunningApp({ pinnedClock: FRIDAY_EVENING });
  process.env.APP_UNDER_TEST = JSON.stringify(app.status);
  return app.stop;
}
