import { createHmac } from 'node:crypto';
import { matchesSecret } from '@/lib/http/secret';
import { escapeNonAscii, toCanonicalJson } from './canonical-json';

/** An event of SnapTrade has about twenty members. Sorting them is the costly part, so it is not done for whatever comes. */
const COMMAS_MAX = 500;

/** Whether a header can be a signature at all: 32 bytes in base64. What cannot is refused before its body is read. */
export function isSignatureShaped(signature: string | null): signature is string {
  return signature !== null && /^[A-Za-z0-9+/]{43}=$/.test(signature);
}

/**
 * Whether SnapTrade signed a webhook's body: base64 of HMAC-SHA256 with the consumer key over the payload as sorted,
 * compact JSON. SnapTrade's own verifier is in Python, which escapes everything beyond ASCII; the form without escapes
 * proves the same and is taken as well. Compares in constant time.
 */
export function isSignedBySnapTrade(body: string, signature: string | null, consumerKey: string): boolean {
  if (!isSignatureShaped(signature) || countCommas(body) > COMMAS_MAX) return false;
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

function countCommas(text: string): number {
  let count = 0;
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) count += 1;
  return count;
}
