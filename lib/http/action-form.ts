import 'server-only';
import { AppError } from '@/lib/errors';
import { readTextBody } from './body';

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
