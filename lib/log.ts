/** What a log line may hold: plain facts, never a credential, an amount or a URL with a query. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined | object>>;

export type Log = (level: 'info' | 'warn' | 'error', event: string, fields?: LogFields) => void;

const SECRET_NAME = /secret|signature|password|token|consumerkey|credential|authorization|apikey|clientid/i;
const SECRET_IN_TEXT =
  /\b(userSecret|Signature|clientId|apikey|access_token)=[^&\s"]+|Bearer\s+[\w.~+/=-]+|sb_secret_\w+/gi;

/** One JSON line per event on standard output; anything that looks like a secret is blanked. */
export const log: Log = (level, event, fields = {}) => {
  const line = JSON.stringify({ at: new Date().toISOString(), level, event, ...fields }, redact);
  process.stdout.write(`${line}\n`);
};

/** A log whose every line also carries these fields, so that what belongs together can be found together. */
export function logWith(base: Log, shared: LogFields): Log {
  return (level, event, fields) => base(level, event, { ...shared, ...fields });
}

/** A JSON replacer that blanks secrets by the name of their field and by their form inside text. */
export function redact(name: string, value: unknown): unknown {
  if (SECRET_NAME.test(name)) return '[redacted]';
  return typeof value === 'string' ? value.replace(SECRET_IN_TEXT, '[redacted]') : value;
}
