import type { Currency } from '@/lib/domain/money';
import type { Operation } from '@/lib/local/sandbox/faults';
import { SIGNED_ROUTES } from '@/lib/local/sandbox/operations';
import { WireRefusal } from '@/lib/local/sandbox/refusal';
import {
  type SandboxAccount,
  type SandboxConnection,
  type SandboxUser,
  scenarioSchema,
} from '@/lib/local/sandbox/scenario';
import { SandboxState } from '@/lib/local/sandbox/state';
import { isDisabled } from '@/lib/local/sandbox/sync';
import { createWebhooks, type Webhooks } from '@/lib/local/sandbox/webhooks';
import type { DateRange, ProviderAccount, ProviderMovement, ValueHistory } from '@/lib/providers/provider';
import { toMovements } from '@/lib/providers/snaptrade/movements';
import { accountsSchema, activitiesPageSchema, balanceHistorySchema } from '@/lib/providers/snaptrade/schema';
import { toProviderAccount, toValueHistory } from '@/lib/providers/snaptrade/transform';
import { SANDBOX_KEYS, scenario } from '../support/scenario';

/**
 * What the sandbox answers, read by the adapter's own parsers, without what lies between them: no wire, no SDK, no limits. Each
 * question is answered with null where the broker refuses it or its answer cannot be read.
 */
export class Answers {
  readonly state = new SandboxState(scenarioSchema.parse(scenario({ users: [] })), () => new Date());
  private readonly webhooks: Webhooks = createWebhooks(
    this.state,
    SANDBOX_KEYS,
    new AbortController().signal,
  );

  /** The accounts of a connection with their totals; null also for a connection that is broken. */
  accounts(user: SandboxUser, connection: SandboxConnection): readonly ProviderAccount[] | null {
    const now = this.state.now();
    if (isDisabled(connection, now)) return null;
    const answer = this.ask('listConnectionAccounts', user, connection, null, {});
    const readAt = connection.dataFreshness === 'realtime' ? now : null;
    return answer === null
      ? null
      : accountsSchema.parse(answer).map((account) => toProviderAccount(account, readAt));
  }

  history(
    user: SandboxUser,
    connection: SandboxConnection,
    account: SandboxAccount,
    range: DateRange & { readonly currency: Currency | null },
  ): ValueHistory | null {
    const answer = this.ask('getAccountBalanceHistory', user, connection, account, {});
    return answer === null ? null : toValueHistory(balanceHistorySchema.parse(answer), range, range.currency);
  }

  movements(
    user: SandboxUser,
    connection: SandboxConnection,
    account: SandboxAccount,
    range: DateRange,
  ): readonly ProviderMovement[] | null {
    const query = { startDate: range.from, endDate: range.to };
    const answer = this.ask('getAccountActivities', user, connection, account, query);
    return answer === null ? null : toMovements(activitiesPageSchema.parse(answer).data, range);
  }

  private ask(
    operation: Operation,
    user: SandboxUser,
    connection: SandboxConnection,
    account: SandboxAccount | null,
    query: Readonly<Record<string, string>>,
  ): unknown {
    const { state, webhooks } = this;
    const now = state.now();
    const faults = state.faults.open(now);
    const target = {
      operation,
      userId: user.userId,
      connectionId: connection.id,
      accountId: account?.id ?? null,
    };
    if (faults.onAnswer(target).length > 0) return null;
    const route = SIGNED_ROUTES.find((one) => one.operation === operation);
    if (route === undefined) throw new RangeError(`the sandbox does not answer ${operation}`);
    try {
      return route.respond({
        state,
        now,
        user,
        connection,
        account,
        query: new URLSearchParams(query),
        content: null,
        origin: 'http://broker.invalid',
        faults,
        webhooks,
      });
    } catch (error) {
      if (error instanceof WireRefusal) return null;
      throw error;
    }
  }
}
