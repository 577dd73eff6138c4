import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startPostgresCluster } from '@/lib/local/postgres-cluster';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

/** Asks for a path exactly as it is written, which `fetch` would put in order first. */
function askRaw(path: string): Promise<{ readonly status: number; readonly body: string }> {
  const { hostname, port } = new URL(stack.supabaseUrl);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers: { apikey: stack.keys.secretKey } }, (answer) => {
      const parts: string[] = [];
      answer.setEncoding('utf8').on('data', (part: string) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parts.join('') }));
    })
      .on('error', reject)
      .end();
  });
}

describe('the embedded API', () => {
  it.each([
    '/_system',
    '/_system/',
    '/_system/config',
    '/_system/status',
    '/_system/health',
    '//_system/config',
    '/%5Fsystem/config',
    '/rest/v1/../../_system/config',
    '/rest/v1/%2e%2e/%2e%2e/_system/config',
    '/_system/config?x=/rest/v1/',
    '/storage/v1/bucket',
    '/',
  ])('does not serve %s', async (path) => {
    const { status, body } = await askRaw(path);
    expect(status, body).toBe(404);
    expect(body).not.toContain(new URL(inject('testDatabase').serverUrl).password);
  });

  it('serves what the product uses', async () => {
    expect((await askRaw('/rest/v1/trading_days?limit=1')).status).toBe(200);
    expect((await askRaw('/auth/v1/health')).status).toBe(200);
  });
});

describe.runIf(process.getuid?.() === 0)('as root, over a data folder within a private one', () => {
  it('the folder that the database’s user cannot enter is named, and nobody is told to remove anything', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'portfolio-history-private-'));
    try {
      await chmod(parent, 0o700);
      const dataDir = join(parent, 'data', 'postgres');
      await mkdir(join(parent, 'data'));
      const starting = startPostgresCluster({
        dataDir,
        port: 1,
        password: 'never-used-by-anybody',
        durable: false,
      });
      const error = await starting.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(Error);
      const message = error instanceof Error ? error.message : '';
      expect(message).toContain(`cannot enter ${parent}`);
      expect(message).toContain('DATA_DIR');
      expect(message).not.toMatch(/remove|broken/);
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });
});
