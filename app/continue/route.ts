import { route } from '@/lib/http/route';
import { continueInNewDocument } from '@/lib/http/session';

export const dynamic = 'force-dynamic';

/** Goes on to a page of this product in a new document, after signing in or out. */
export const GET = route(async (request) => continueInNewDocument(new URL(request.url).searchParams));
