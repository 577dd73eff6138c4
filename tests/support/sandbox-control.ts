import type { StackStatus } from '@/lib/local/status-file';

/** Speaks to the control path of a running stack's sandbox. */
export function controlStack(
  { sandboxUrl, sandboxControlSecret }: Pick<StackStatus, 'sandboxUrl' | 'sandboxControlSecret'>,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Response> {
  return fetch(`${sandboxUrl}/_control${path}`, {
    method,
    headers: { authorization: `Bearer ${sandboxControlSecret}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The same, where a refusal is a fault of the test. */
export async function changeStack(...request: Parameters<typeof controlStack>): Promise<unknown> {
  const answer = await controlStack(...request);
  if (!answer.ok) throw new Error(`the sandbox refused ${request[1]} ${request[2]}: ${await answer.text()}`);
  return answer.json();
}
