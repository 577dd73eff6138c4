import 'server-only';
import type { Env } from '@/lib/env';
import { runFillWith } from '@/lib/fill/wiring';
import { log } from '@/lib/log';

/** Fills what an event made due, after the provider has its answer. Never throws: the next tick goes on with what is left. */
export async function fillOnEvent(env: Env, userId: string, requestId: string): Promise<void> {
  try {
    await runFillWith(env, { trigger: 'webhook', requestId, userId, asked: false, lookBackDays: null });
  } catch (error) {
    log('warn', 'fill_on_event_failed', {
      requestId,
      message: error instanceof Error ? error.message : String(error),
    });
  }
}
