import 'server-only';
import { ProviderError } from '@/lib/providers/provider';
import { credentialsSchema, type SnapTradeCredentials } from './schema';

/** A stored credentials document as SnapTrade needs it; throws `needs_reconnect` for one that is incomplete. */
export function readCredentials(document: unknown): SnapTradeCredentials {
  const parsed = credentialsSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new ProviderError('needs_reconnect', 'the stored SnapTrade credentials lack a user id or secret');
}
