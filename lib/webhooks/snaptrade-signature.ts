import { createHmac } from 'node:crypto';
import { matchesSecret } from '@/lib/http/secret';
import { escapeNonAscii, toCanonicalJson } from './canonical-json';

/**
 * Whether SnapTrade signed a webhook's body: base64 of HMAC-SHA256 with the consumer key over the payload as sorted,
 * compact JSON. SnapTrade's own verifier is in Python, which escapes everything beyond ASCII; the form without escapes
 * proves the same and is taken as well. Compares in constant time.
 */
export function isSignedBySnapTrade(body: string, signature: string | null, consumerKey: string): boolean {
  if (signature === null) return false;
  let json: string;
  try {
    json = toCanonicalJson(body);
  } catch {
    // Whatever cannot be read was not signed either.
    return false;
  }
  const isSignatureOf = (text: string): boolean =>
    matchesSecret(signature, createHmac('sha256', consumerKey).update(text).digest('base64'));
  return isSignatureOf(escapeNonAscii(json)) || isSignatureOf(json);
}
