import 'server-only';
import { AppError } from '@/lib/errors';
import { hasReadableAddress, isCrossSite } from './address';
import { readTextBody } from './body';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Longer than any address of ours; the server itself ends requests whose headers pass 16 kB. */
const TARGET_LENGTH_MAX = 8_192;
/** Larger than any body of ours. A body that does not say its size is measured by whoever reads it. */
const BODY_BYTES_MAX = 1_048_576;

/** The head of a request, before anything has read it. */
interface RequestHead {
  readonly method: string;
  /** The path with its query, as it was sent. */
  readonly target: string;
  readonly headers: Pick<Headers, 'get'>;
}

/**
 * What is wrong with a request whatever it asks for, so that no page or route needs to know it; null for nothing. Pages
 * take no forms from other sites: Next.js refuses those too, but as a fault of its own.
 */
export function findFault({ method, target, headers }: RequestHead): AppError | null {
  if (!METHODS.has(method)) return new AppError('method_not_allowed', 'This method is not answered.');
  if (!target.startsWith('/')) return new AppError('bad_request', 'Ask for a path.');
  if (target.length > TARGET_LENGTH_MAX)
    return new AppError('bad_request', `The address may have at most ${TARGET_LENGTH_MAX} characters.`);
  const path = target.split('?', 1)[0] ?? '';
  if (!isReadable(path)) return new AppError('bad_request', 'The path cannot be decoded.');
  if (!hasReadableAddress(headers))
    return new AppError('bad_request', 'The headers that name this host cannot be read.');
  if (Number(headers.get('content-length') ?? 0) > BODY_BYTES_MAX)
    return new AppError('payload_too_large', `A body may have at most ${BODY_BYTES_MAX} bytes.`);
  if (changes(method) && !isApi(path) && isCrossSite(headers))
    return new AppError('forbidden', 'This may only be sent from the product itself.');
  return null;
}

/** Whether a path is one of the routes that answer with documents. */
export function isApi(path: string): boolean {
  return /^\/+api(\/|$)/.test(path);
}

function changes(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

function isReadable(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes('\0');
  } catch {
    return false;
  }
}

const LIST_BYTES_MAX = 65_536;
const UNREADABLE = 'The arguments of the action cannot be read.';

/** What a browser's argument list may refer to: forms, and nothing at all. Text that begins with a dollar has two. */
const REFERENCE = /^\$(?:K[0-9a-f]+$|undefined$|\$)/;

/**
 * What is wrong with the body of a request for a server action; null for nothing, and for all other requests. Next.js
 * would take it apart and call what it cannot read a fault of its own, or wait for parts that never come. Actions of ours
 * take forms or nothing, so a call by script is a form whose part `0` lists the arguments, or the list alone.
 */
export async function findActionFault(request: Request): Promise<AppError | null> {
  if (request.method !== 'POST') return null;
  const isCall = request.headers.has('next-action');
  const isForm = /^multipart\/form-data\b/i.test(request.headers.get('content-type') ?? '');
  // An action that uses no argument is sent none: an empty list, as text.
  if (!isForm) {
    const isRefused =
      isCall && !isArgumentList(await readTextBody(request, LIST_BYTES_MAX).catch(() => null));
    return isRefused ? new AppError('bad_request', UNREADABLE) : null;
  }
  const form = await request.formData().catch(() => null);
  if (form === null) return new AppError('bad_request', 'The form cannot be read.');
  const isReadable = isCall ? isArgumentList(form.get('0')) : areBoundArguments(form);
  return isReadable ? null : new AppError('bad_request', UNREADABLE);
}

/** The form that an action was called with; an empty one where a caller sent something else. */
export function formOf(given: unknown): FormData {
  return given instanceof FormData ? given : new FormData();
}

function isArgumentList(part: FormDataEntryValue | null): boolean {
  const list = parse(part);
  return Array.isArray(list) && hasOnlyForms(list);
}

/** Without scripts a browser sends back what the page wrote into hidden fields: the action's id and its arguments. */
function areBoundArguments(form: FormData): boolean {
  return [...form].every(([name, value]) => {
    if (!/^\$ACTION_\d+:\d+$/.test(name)) return true;
    return parse(value) !== undefined;
  });
}

/** Undefined for what is no JSON. */
function parse(part: FormDataEntryValue | null): unknown {
  try {
    return typeof part === 'string' ? (JSON.parse(part) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

function hasOnlyForms(value: unknown): boolean {
  if (typeof value === 'string') return !value.startsWith('$') || REFERENCE.test(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(hasOnlyForms);
}
