import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@supabase/supabase-js';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { retryDropped } from '@/lib/db/clients';
import { readAnswer } from '@/lib/db/rpc';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that hangs up on the first requests instead of answering them. */
async function serverThatDrops(times: number) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += String(part);
    });
    request.on('end', () => {
      bodies.push(body);
      if (bodies.length <= times) request.socket.destroy();
      else response.setHeader('content-type', 'application/json').end('"done"');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

const call = (url: string) =>
  readAnswer(
    'do_something',
    createClient(url, 'key', { global: { fetch: retryDropped } }).rpc('do_something', { p_x: 1 }),
    z.string(),
  );

describe('a connection to the database', () => {
  it('that was dropped is tried once more, with the same question', async () => {
    const { url, bodies } = await serverThatDrops(1);
    await expect(call(url)).resolves.toBe('done');
    expect(bodies).toEqual(['{"p_x":1}', '{"p_x":1}']);
  });

  it('that is dropped again is given up, as one that is not available', async () => {
    const { url, bodies } = await serverThatDrops(9);
    await expect(call(url)).rejects.toMatchObject({ name: 'AppError', code: 'unavailable' });
    expect(bodies.length).toBe(2);
  });

  it.each([
    [503, { code: 'PGRST002', message: 'Could not query the database for the schema cache.' }],
    [500, { code: 'SUP', message: 'Error: connect ECONNREFUSED 127.0.0.1:5432' }],
    [500, { code: '57P01', message: 'terminating connection due to administrator command' }],
  ])('that the API in front of it lacks is not available (%s)', async (status, error) => {
    const answer = Promise.resolve({ data: null, error: { ...error, status } });
    await expect(readAnswer('f', answer, z.string())).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that a function failed over is not taken for one that is away', async () => {
    const answer = Promise.resolve({ data: null, error: { code: '23505', message: 'duplicate key' } });
    await expect(readAnswer('f', answer, z.string())).rejects.toThrow('f failed: 23505 duplicate key');
  });

  it('that nobody takes is not available', async () => {
    const { url } = await serverThatDrops(0);
    for (const close of closing.splice(0)) close();
    await expect(call(url)).rejects.toMatchObject({ name: 'AppError', code: 'unavailable' });
  });
});
