import { expect, it } from 'vitest';
import { findActionFault } from '@/lib/http/refuse-request';

function call(
  body: BodyInit,
  headers: Record<string, string> = { 'next-action': '00' },
): Promise<string | null> {
  const request = new Request('https://app.example/', { method: 'POST', headers, body });
  return findActionFault(request).then((fault) => fault?.code ?? null);
}

function form(list: string): FormData {
  const data = new FormData();
  data.set('1_email', 'olivia@example.com');
  data.set('0', list);
  return data;
}

it.each(['["$K1"]', '[{"error":null},"$K1"]', '["$undefined","$K1"]', '["$$price"]'])(
  'a call with a form and the arguments %s passes',
  async (list) => expect(await call(form(list))).toBeNull(),
);

it('a call of an action that is bound to the viewer of its page passes, with a form, with text and without scripts', async () => {
  expect(await call(form('["vZ3k-0_aB9","$K1"]'))).toBeNull();
  expect(await call('["vZ3k-0_aB9","6f9d8f55-4a5e-4c3e-9f6e-1a2b3c4d5e6f"]')).toBeNull();
  const sent = form('whatever');
  sent.set('$ACTION_REF_1', '');
  sent.set('$ACTION_1:0', '{"id":"00","bound":"$@1"}');
  sent.set('$ACTION_1:1', '["vZ3k-0_aB9"]');
  expect(await call(sent, {})).toBeNull();
});

it('a call without arguments is an empty list, and passes', async () => {
  expect(await call('[]')).toBeNull();
});

it.each(['{', '', '{}', '["$Q1"]', '["$@1"]', 'garbage'])(
  'a call with the list %j is refused',
  async (list) => {
    expect(await call(list)).toBe('bad_request');
    expect(await call(form(list))).toBe('bad_request');
  },
);

it('a form that is sent without scripts passes, and a broken one is refused', async () => {
  expect(await call(form('whatever'), {})).toBeNull();
  expect(await call('--x\r\nbroken', { 'content-type': 'multipart/form-data; boundary=x' })).toBe(
    'bad_request',
  );
});
