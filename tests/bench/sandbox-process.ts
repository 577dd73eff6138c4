import { startSandbox } from '@/lib/local/sandbox';
import { sandboxJobSchema } from './sandbox-job';

/**
 * The sandbox brokerage in a process of its own, so that its work is not counted as the worker's. It starts when its
 * parent sends the job, answers with its address, and ends with its parent.
 */
process.once('message', (message: unknown) => {
  const job = sandboxJobSchema.parse(message);
  startSandbox({ port: 0, ...job })
    .then(({ url }) => process.send?.({ url }))
    .catch((error: unknown) => process.send?.({ error: String(error) }));
});
process.once('disconnect', () => process.exit(0));
