import { AppError } from '@/lib/errors';
import { route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

/** Whatever is under `/api` and is no route of ours: a document says so, not a page. */
const unknown = route(async () => {
  throw new AppError('not_found', 'There is no such route.');
});

export { unknown as DELETE, unknown as GET, unknown as PATCH, unknown as POST, unknown as PUT };
