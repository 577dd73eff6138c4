import { describe, expect, it } from 'vitest';
import { capturePromise, parseEnv } from '@/lib/env';

const complete = {
  NEXT_PUBLIC_SUPABASE_URL: 'https://project.supabase.example',
  NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_x',
  SUPABASE_SECRET_KEY: 'sb_secret_x',
  CRON_SECRET: 'a-long-enough-cron-secret',
  CREDENTIALS_KEY: Buffer.alloc(32, 7).toString('base64'),
  SNAPTRADE_CLIENT_ID: 'CLIENT',
  SNAPTRADE_CONSUMER_KEY: 'consumer-key',
};

describe('the environment', () => {
  it('is accepted when complete, with the documented defaults', () => {
    expect(parseEnv(complete)).toMatchObject({
      SNAPTRADE_REQUESTS_PER_MINUTE: 250,
      SNAPTRADE_LEGACY_REPORTING: false,
      SNAPTRADE_REFRESH_AFTER_CLOSE: false,
      PRE_OPEN_RECHECK: false,
      FILL_TIME_LIMIT_SECONDS: 240,
      LIVE_REFRESH_MINUTES: 10,
      ALPACA_DATA_BASE_URL: 'https://data.alpaca.markets',
      ECB_DATA_BASE_URL: 'https://data-api.ecb.europa.eu',
      BENCHMARK_SOURCE: 'SPY, Alpaca',
    });
  });

  it.each(Object.keys(complete))('stops the process when %s is missing or empty, and names it', (name) => {
    expect(() => parseEnv({ ...complete, [name]: undefined })).toThrow(`${name}: is missing`);
    expect(() => parseEnv({ ...complete, [name]: '' })).toThrow(`${name}: is missing`);
  });

  it('refuses a secret that is too short and a key of the wrong size, without showing them', () => {
    const refuse = (part: object) => {
      try {
        parseEnv({ ...complete, ...part });
      } catch (error) {
        return String(error);
      }
      return 'accepted';
    };
    expect(refuse({ CRON_SECRET: 'short-one' })).toContain('CRON_SECRET: must have at least 16 characters');
    expect(refuse({ CREDENTIALS_KEY: 'c2hvcnQ=' })).toContain('CREDENTIALS_KEY: must be 32 bytes');
    const [one, two] = [3, 4].map((byte) => Buffer.alloc(32, byte).toString('base64'));
    expect(refuse({ CREDENTIALS_KEY: `${one},${two}` })).toBe('accepted');
    expect(refuse({ CREDENTIALS_KEY: `${one},c2hvcnQ=` })).toContain('CREDENTIALS_KEY: must be 32 bytes');
    expect(refuse({ CREDENTIALS_KEY: `${one},` })).toContain('CREDENTIALS_KEY: must be 32 bytes');
    expect(refuse({ CRON_SECRET: 'short-one' })).not.toContain('short-one');
  });

  it('takes a mail server with a sender or neither, and a sender that is one header', () => {
    const server = { SMTP_URL: 'smtps://user:word@mail.example:465' };
    const from = { MAIL_FROM: 'Portfolio History <mail@portfolio.example>' };
    expect(parseEnv({ ...complete, ...server, ...from })).toMatchObject({ ...server, ...from });
    expect(() => parseEnv({ ...complete, ...server })).toThrow('MAIL_FROM: is missing');
    expect(() => parseEnv({ ...complete, ...from })).toThrow('SMTP_URL: is missing');
    expect(() => parseEnv({ ...complete, ...from, SMTP_URL: 'https://mail.example' })).toThrow('smtps://');
    for (const sender of [
      'nobody',
      'mail@portfolio.example\r\nBcc: a@b.example',
      'A <a@b.example>, c@d.example',
    ])
      expect(() => parseEnv({ ...complete, ...server, MAIL_FROM: sender })).toThrow('MAIL_FROM');
  });

  it('takes both keys of Plaid or neither, and countries of two letters', () => {
    const keys = { PLAID_CLIENT_ID: 'client', PLAID_SECRET: 'secret' };
    expect(parseEnv({ ...complete, ...keys })).toMatchObject({ ...keys, PLAID_COUNTRIES: 'US' });
    expect(parseEnv({ ...complete, PLAID_COUNTRIES: 'US,CA' })).toMatchObject({ PLAID_COUNTRIES: 'US,CA' });
    for (const [name, value] of Object.entries(keys)) {
      const other = Object.keys(keys).find((one) => one !== name);
      expect(() => parseEnv({ ...complete, [name]: value })).toThrow(`${other}: is missing`);
    }
    expect(() => parseEnv({ ...complete, PLAID_COUNTRIES: 'USA' })).toThrow(
      'PLAID_COUNTRIES: must be countries',
    );
  });

  it('takes the id and the secret of an OAuth app at Alpaca, or neither', () => {
    const app = { ALPACA_OAUTH_CLIENT_ID: 'client', ALPACA_OAUTH_CLIENT_SECRET: 'its secret' };
    expect(parseEnv({ ...complete, ...app })).toMatchObject(app);
    const { ALPACA_OAUTH_CLIENT_ID, ALPACA_OAUTH_CLIENT_SECRET } = app;
    expect(() => parseEnv({ ...complete, ALPACA_OAUTH_CLIENT_ID })).toThrow(
      'ALPACA_OAUTH_CLIENT_SECRET: is missing',
    );
    expect(() => parseEnv({ ...complete, ALPACA_OAUTH_CLIENT_SECRET })).toThrow(
      'ALPACA_OAUTH_CLIENT_ID: is missing',
    );
  });

  it('takes a webhook for alerts with its secret or not at all, and over https', () => {
    const url = { ALERT_WEBHOOK_URL: 'https://hooks.example/T1/B2' };
    const secret = { ALERT_WEBHOOK_SECRET: 'a-long-enough-secret' };
    expect(parseEnv({ ...complete, ...url, ...secret })).toMatchObject({ ...url, ...secret });
    expect(() => parseEnv({ ...complete, ...url })).toThrow('ALERT_WEBHOOK_SECRET: is missing');
    expect(() => parseEnv({ ...complete, ...secret })).toThrow('ALERT_WEBHOOK_URL: is missing');
    for (const address of ['http://hooks.example/T1/B2', 'http://localhost.example/', 'ftp://127.0.0.1/']) {
      expect(() => parseEnv({ ...complete, ...secret, ALERT_WEBHOOK_URL: address })).toThrow(
        'must begin with https://',
      );
    }
    expect(parseEnv({ ...complete, ...secret, ALERT_WEBHOOK_URL: 'http://127.0.0.1:4000/' })).toBeDefined();
    const withKey = (key: string) => parseEnv({ ...complete, ...url, ALERT_WEBHOOK_SECRET: `whsec_${key}` });
    expect(withKey('bm8gc2VjcmV0IGF0IGFsbA==')).toBeDefined();
    expect(() => withKey('this is no base64')).toThrow('ALERT_WEBHOOK_SECRET: must have base64');
  });

  it('leaves the API key out when it is not set', () => {
    expect(parseEnv(complete).CAPTURE_API_KEY).toBeUndefined();
  });

  it('takes a target and a deadline for the capture, and refuses what can be none', () => {
    expect(capturePromise(parseEnv(complete))).toEqual({ target: 0.995, deadline: '20:00' });
    const part = { COVERAGE_TARGET: '0.9', COVERAGE_DEADLINE: '18:30' };
    expect(capturePromise(parseEnv({ ...complete, ...part }))).toEqual({ target: 0.9, deadline: '18:30' });
    for (const wrong of ['0', '99.5', 'most'])
      expect(() => parseEnv({ ...complete, COVERAGE_TARGET: wrong })).toThrow('COVERAGE_TARGET');
    for (const wrong of ['8 pm', '15:59', '24:00', '20:60'])
      expect(() => parseEnv({ ...complete, COVERAGE_DEADLINE: wrong })).toThrow('COVERAGE_DEADLINE');
  });
});
