import { continueInNewDocument } from '@/lib/http/new-document';
import { route } from '@/lib/http/problem';

export const dynamic = 'force-dynamic';

/** Goes on to a page of this product in a new document, after signing in or out. */
export const GET = route(async (request) => continueInNewDocument(new URL(request.url).searchParams));
