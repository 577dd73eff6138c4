const SECONDS_A_YEAR = 31_536_000;

/**
 * What every answer carries, also an error's and a file's. A page's own policy, with its nonce, replaces the one here,
 * which allows nothing at all.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  // Browsers heed it over HTTPS alone, so that a production build on localhost stays reachable.
  ...(process.env.NODE_ENV === 'production'
    ? { 'strict-transport-security': `max-age=${SECONDS_A_YEAR}` }
    : {}),
};

/** Where a page's forms may lead beside our own address: a form that was sent without scripts is redirected there. */
export const PORTALS = {
  snaptrade: 'https://app.snaptrade.com',
  plaid: 'https://secure.plaid.com',
  alpaca: 'https://app.alpaca.markets',
} as const;

/**
 * The policy of one page: only scripts that carry its nonce run, and those that they load. Charts place themselves by
 * style attributes, which is why styles are not held to the nonce.
 */
export function pagePolicy(nonce: string, portalOrigins: readonly string[] = [PORTALS.snaptrade]): string {
  const isDevelopment = process.env.NODE_ENV === 'development';
  return [
    "default-src 'self'",
    // The development server evaluates the modules that it replaces.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    `form-action 'self' ${[...new Set(portalOrigins)].join(' ')}`,
    "frame-ancestors 'none'",
  ].join('; ');
}
