import { z } from 'zod';
import { scenarioSchema } from '@/lib/local/sandbox';

/** What the bench tells the sandbox's process to be. */
export const sandboxJobSchema = z.object({
  clientId: z.string(),
  consumerKey: z.string(),
  controlSecret: z.string(),
  scenario: scenarioSchema,
});

/** What the sandbox's process answers. */
export const sandboxAnswerSchema = z.union([z.object({ url: z.url() }), z.object({ error: z.string() })]);
