import 'server-only';
import { z } from 'zod';
import { type Amount, toAmount } from '@/lib/domain/money';

const price = z.number().transform((value, context): Amount => {
  const read = value > 0 ? toAmount(value) : null;
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: 'not a price' });
  return z.NEVER;
});

/** What we read of Alpaca's bars; a symbol without any is left out. */
export const barsSchema = z.object({
  bars: z.record(z.string(), z.array(z.object({ t: z.string(), c: price }))),
  next_page_token: z.string().nullish(),
});
