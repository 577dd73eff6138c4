import { inject } from 'vitest';
import { type LinkedUser, type LinkedUserParts, linkUserAt } from './linked-user';

/** A user of a test's own at the running app, linked to an account at its brokerage. */
export type ApiUser = LinkedUser;

/** Signs a user up at the app that all API tests speak to, and links an account that is opened for them. */
export function linkApiUser(parts: LinkedUserParts = {}): Promise<ApiUser> {
  return linkUserAt(inject('testApp'), parts);
}
