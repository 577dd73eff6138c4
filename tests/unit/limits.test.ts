import { describe, expect, it } from 'vitest';
import { subjectOfAddress, subjectOfEmail } from '@/lib/http/limits';

const KEY = { CREDENTIALS_KEY: 'a-key' } as const;
const from = (forwarded: string | null) =>
  subjectOfAddress(new Headers(forwarded === null ? {} : { 'x-forwarded-for': forwarded }), KEY);

describe('a caller by address', () => {
  it('is who the nearest proxy saw, whatever the caller says of themselves', () => {
    expect(from('203.0.113.7')).toBe(from('198.51.100.1, 203.0.113.7'));
    expect(from('10.1.1.1, 203.0.113.7')).not.toBe(from('203.0.113.7, 10.1.1.1'));
  });

  it('is one for all addresses of an IPv6 network of 64 bits, and for an IPv4 address in either form', () => {
    expect(from('2001:db8:1:2:aaaa::1')).toBe(from('2001:0DB8:0001:0002::ffff'));
    expect(from('2001:db8:1:2::1')).not.toBe(from('2001:db8:1:3::1'));
    expect(from('2001:db8::1')).toBe(from('2001:db8:0:0:5::'));
    expect(from('::ffff:203.0.113.7')).toBe(from('203.0.113.7'));
  });

  it('is somebody even without an address, so that nobody passes uncounted', () => {
    expect(from(null)).toBe(from(''));
    expect(from(null)).toMatch(/^[\w-]{43}$/);
  });

  it('is kept as a digest that only the holder of the key can make', () => {
    expect(from('203.0.113.7')).not.toContain('203');
    const other = subjectOfAddress(new Headers({ 'x-forwarded-for': '203.0.113.7' }), {
      CREDENTIALS_KEY: 'another',
    });
    expect(from('203.0.113.7')).not.toBe(other);
  });
});

it('an e-mail address is one caller however it is written', () => {
  expect(subjectOfEmail(' Olivia@Example.com ', KEY)).toBe(subjectOfEmail('olivia@example.com', KEY));
});
