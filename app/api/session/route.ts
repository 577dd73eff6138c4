import { env } from '@/lib/env';
import { callerByCookie } from '@/lib/http/caller';
import { route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

/** Whose session this browser holds, by the same opaque id as in documents; null when nobody is signed in. */
export const GET = route(async () => {
  const caller = await callerByCookie(env());
  return Response.json(
    { viewer: caller?.viewer ?? null },
    { headers: { 'cache-control': 'private, no-store' } },
  );
});
