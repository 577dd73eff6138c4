import 'server-only';
import { CountryCode, Products } from 'plaid';
import { z } from 'zod';
import type { ConnectionLink, LinkedLogin, SessionLinking } from '@/lib/providers/provider';
import { createPlaidClient, type PlaidClientOptions } from './client';
import { needsSignIn } from './errors';
import type { PlaidLinkSessions } from './schema';
import { readItemCredentials } from './wiring';

export interface PlaidLinkingOptions extends PlaidClientOptions {
  /** Whose institutions are offered, by two letters each. */
  readonly countries: readonly string[];
}

/** As Plaid's pages name us; at most thirty characters. */
const CLIENT_NAME = 'Portfolio History';

/** How long the address of the page is good. */
const URL_SECONDS = 1_800;

const sessionSchema = z.object({ linkToken: z.string().min(1) });

/**
 * Plaid's hosted page behind the port. Nothing of Plaid runs in a page of ours: the link token is made here, the user is sent to its
 * address, and what they did there is asked for by it.
 */
export function createPlaidLinking({ countries, ...options }: PlaidLinkingOptions): SessionLinking {
  const client = createPlaidClient(options);

  async function isWorking(link: ConnectionLink): Promise<LinkedLogin | null> {
    const { item } = await client.getItem(readItemCredentials(link.credentials));
    if (needsSignIn(item.error?.error_code)) return null;
    const institution = item.institution_name || 'Financial institution';
    return { ...WORKS, externalId: item.item_id, institution, credentials: link.credentials };
  }

  return {
    id: 'plaid',

    async openSession({ userId, returnTo, eventsTo, reconnect }) {
      const { link_token: linkToken, hosted_link_url: url } = await client.createLinkToken({
        client_name: CLIENT_NAME,
        language: 'en',
        country_codes: Object.values(CountryCode).filter((code) => countries.includes(code)),
        user: { client_user_id: userId },
        webhook: eventsTo,
        hosted_link: { completion_redirect_uri: returnTo, url_lifetime_seconds: URL_SECONDS },
        // An update is of what the item has already.
        ...(reconnect === null
          ? { products: [Products.Investments] }
          : { access_token: readItemCredentials(reconnect.credentials).accessToken }),
      });
      return { url, session: { linkToken } };
    },

    async sessionOutcome(session, reconnect) {
      const { linkToken } = sessionSchema.parse(session);
      const sessions = await client.getLinkToken(linkToken);
      if (reconnect !== null) {
        // The item itself says whether it works again, however the session ended.
        const login = await isWorking(reconnect);
        return login === null ? leftOrOpen(sessions) : { state: 'linked', login };
      }
      const [linked] = sessions.link_sessions.flatMap(({ results }) => results?.item_add_results ?? []);
      if (linked === undefined) return leftOrOpen(sessions);
      const { access_token: accessToken, item_id } = await client.exchangePublicToken(linked.public_token);
      const institution = linked.institution?.name || 'Financial institution';
      return {
        state: 'linked',
        login: { ...WORKS, externalId: item_id, institution, credentials: { accessToken } },
      };
    },

    async deleteConnection({ credentials }) {
      await client.removeItem(readItemCredentials(credentials));
    },
  };
}

const WORKS = { broken: false, brokenSince: null, freshness: 'daily' } as const;

/** Nobody who left has to say so: the last of the sessions that ended tells why, if it does. */
function leftOrOpen({ link_sessions: sessions }: PlaidLinkSessions) {
  const ended = sessions.findLast(({ exit, finished_at }) => exit != null || finished_at != null);
  if (ended === undefined) return { state: 'open' } as const;
  const { error, metadata } = ended.exit ?? {};
  // Who does not find their institution leaves without an error.
  const isNotFound = metadata?.status === 'institution_not_found';
  return { state: 'left', code: error?.error_code ?? (isNotFound ? 'INSTITUTION_NOT_FOUND' : null) } as const;
}
