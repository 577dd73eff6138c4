import 'server-only';
import { z } from 'zod';

/** The id at a place of the path, counted from its end by negative numbers; null when what stands there is no id. */
export function pathId(request: Request, place: number): string | null {
  return z.uuid().safeParse(new URL(request.url).pathname.split('/').at(place)).data ?? null;
}
