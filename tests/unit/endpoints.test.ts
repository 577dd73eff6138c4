import { expect, it } from 'vitest';
import { ACCESS_TABLE } from '../support/access-table';
import { codeOf, listEndpoints } from '../support/endpoints';

const endpoints = listEndpoints();
const names = endpoints.map(({ name }) => name);

it('every route, page and server action of the code has a row in the access table, and no other', () => {
  expect(names.filter((name) => !name.startsWith('page /admin')).length).toBeGreaterThan(30);
  expect(Object.keys(ACCESS_TABLE).toSorted()).toEqual(names.toSorted());
});

it('every endpoint whose row has a limit counts against it, and none that a user passes goes without one', () => {
  for (const endpoint of endpoints) {
    const { name } = endpoint;
    const { access, limit } = ACCESS_TABLE[name] ?? { access: 'owner', limit: null };
    const text = codeOf(endpoint);
    const counted = text.match(/(?<=(?:enforceLimit|ifWithinLimit)\(\s*')\w+/g) ?? [];
    if (limit === 'administer') expect(text, name).toContain('requireAdministrator(request');
    else if (limit === 'sign_in_address') expect(text, name).toContain(`['${limit}',`);
    else if (limit !== null) expect(counted, name).toContain(limit);
    const isUnlimitedAction = name.startsWith('page ') || name === 'action signOut';
    if (/owner/.test(access) && !isUnlimitedAction) expect(limit, name).not.toBeNull();
    // What has no limit of its own by its row counts against none.
    if (limit === null) expect(counted, name).toEqual([]);
  }
});
