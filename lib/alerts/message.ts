import type { Hours } from '@/lib/domain/calendar-check';
import type { GapReason } from '@/lib/domain/states';
import { daysBetween, type Instant, type TradingDate, toDate } from '@/lib/domain/trading-date';
import type { PendingDelivery } from './document';
import { COVERAGE_WATCHED_DAYS } from './incidents';

/** A message as Slack's incoming webhooks take it: plain text for notifications, blocks for reading. */
export interface AlertMessage {
  readonly text: string;
  readonly blocks: readonly AlertBlock[];
}

type AlertBlock =
  | { readonly type: 'header'; readonly text: { readonly type: 'plain_text'; readonly text: string } }
  | { readonly type: 'section'; readonly text: { readonly type: 'mrkdwn'; readonly text: string } }
  | {
      readonly type: 'context';
      readonly elements: readonly { readonly type: 'mrkdwn'; readonly text: string }[];
    };

/** Slack's own limit for a header. */
const HEADER_CHARACTERS_MAX = 150;

/** What is sent for a pending message. With the product's address it links to the page that shows more. */
export function alertMessage(delivery: PendingDelivery, appUrl: string | null): AlertMessage {
  const { title, advice, over, page } = describeIncident(delivery, PLAIN);
  const detail = delivery.state === 'open' ? advice : over;
  const headline = `${delivery.state === 'open' ? 'Alert' : 'Resolved'}: ${title}`;
  const lasting =
    delivery.state === 'open' || delivery.resolvedAt === null
      ? `Since ${utc(delivery.openedAt)}`
      : `From ${utc(delivery.openedAt)} to ${utc(delivery.resolvedAt)}`;
  const link = appUrl === null ? '' : ` · <${new URL(page, appUrl).href}|Open the page>`;
  return {
    text: escapeMarkup(`${headline}. ${detail}`),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: headline.slice(0, HEADER_CHARACTERS_MAX) },
      },
      { type: 'section', text: { type: 'mrkdwn', text: escapeMarkup(detail) } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: `${lasting}${link}` }] },
    ],
  };
}

/** How what an incident names is written: plainly for a webhook, in the product's own words on its pages. */
export interface IncidentFormats {
  date(date: TradingDate): string;
  instant(instant: Instant): string;
  count(count: number): string;
  /** A share; rounded down, so that less than everything never reads as everything. */
  share(part: number, whole: number): string;
  source(provider: string): string;
  reason(reason: GapReason): string;
}

/** As machines and search find it again. */
const PLAIN: IncidentFormats = {
  date: (date) => date,
  instant: utc,
  count: String,
  share: (part, whole) => `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`,
  source: (provider) => provider,
  reason: (reason) => reason.replaceAll('_', ' '),
};

/** An incident in words. */
export interface IncidentWords {
  readonly title: string;
  /** What it means and what to do about it. */
  readonly advice: string;
  /** What is true when it is over. */
  readonly over: string;
  /** The product's page that shows more. */
  readonly page: '/admin/coverage' | '/admin/runs';
}

/** What an incident is, means and asks for; `resolvedAt` is null while it lasts. */
export function describeIncident(
  { incident, resolvedAt }: Pick<PendingDelivery, 'incident' | 'resolvedAt'>,
  { date, instant, count, share, source, reason: nameReason }: IncidentFormats,
): IncidentWords {
  const counted = (things: number, name: string) => `${count(things)} ${name}${things === 1 ? '' : 's'}`;
  switch (incident.kind) {
    case 'run_failed': {
      const { runs, since } = incident.facts;
      return {
        title: runs === 1 ? 'A capture run failed' : `${count(runs)} capture runs in a row failed`,
        advice: `The first began at ${instant(since)}. The next tick tries again by itself.`,
        over: 'A run has finished again.',
        page: '/admin/runs',
      };
    }
    case 'no_run': {
      const { tradingDay, lastRunAt } = incident.facts;
      const last =
        lastRunAt === null
          ? 'There was never a scheduled run.'
          : `The last one began at ${instant(lastRunAt)}.`;
      return {
        title: `No capture has run for ${date(tradingDay)}`,
        advice: `${last} Check the schedule and its secret, or call the route by hand.`,
        over: 'A scheduled run has come.',
        page: '/admin/runs',
      };
    }
    case 'coverage_below_target': {
      const { tradingDay, expected, present } = incident.facts;
      const isGivenUp =
        resolvedAt !== null &&
        daysBetween(tradingDay, toDate(resolvedAt.slice(0, 10))) > COVERAGE_WATCHED_DAYS;
      return {
        title: `Coverage of ${date(tradingDay)} is below its target`,
        advice: `${count(present)} of ${count(expected)} account days are there (${share(present, expected)}). Ticks go on looking for the rest.`,
        over: isGivenUp
          ? `After ${COVERAGE_WATCHED_DAYS} days the day is no longer watched; it is still incomplete.`
          : 'The day is covered now.',
        page: '/admin/coverage',
      };
    }
    case 'brokerage_incident': {
      const { provider, institution, reason, users, connections, since } = incident.facts;
      return {
        title: `${institution ?? source(provider)} fails for many users`,
        advice: `${counted(connections, 'connection')} of ${counted(users, 'user')} through ${source(provider)} since ${date(since)}: ${nameReason(reason)}.`,
        over: 'It answers again.',
        page: '/admin/coverage',
      };
    }
    case 'held_values_waiting': {
      const { count: held, since } = incident.facts;
      return {
        title: `${counted(held, 'held value')} waiting for a verdict`,
        advice: `The oldest waits since ${instant(since)}. Accept or reject, or let a later evening confirm.`,
        over: 'None is waiting any more.',
        page: '/admin/coverage',
      };
    }
    case 'reconnect_needed': {
      const { date: brokeOn, connections, institutions } = incident.facts;
      const names = Object.entries(institutions).map(([name, broken]) => `${name} ${count(broken)}`);
      return {
        title: `${counted(connections, 'connection')} broke on ${date(brokeOn)}`,
        advice: `Their users have to reconnect (${names.join(', ')}). Many at one brokerage may be its own doing.`,
        over: 'All of them work again or were unlinked.',
        page: '/admin/coverage',
      };
    }
    case 'provider_keys_refused': {
      const { provider, connections } = incident.facts;
      return {
        title: `${source(provider)} refuses our keys`,
        advice: `${counted(connections, 'connection')} cannot be asked. Check the keys in the environment; no user can fix this.`,
        over: 'The keys are accepted again.',
        page: '/admin/runs',
      };
    }
    case 'calendar_differs': {
      // Named by the calendar itself, which need not be a source of ours.
      const { source: calendar, date: day, ours, theirs } = incident.facts;
      return {
        title: `${calendar} has another calendar for ${date(day)}`,
        advice: `Ours says: ${hoursWords(ours)}. ${calendar} says: ${hoursWords(theirs)}. Nothing was changed: look at the exchange’s own announcement, and correct ours in code if it is wrong.`,
        over: 'They agree, or the day is long past.',
        page: '/admin/coverage',
      };
    }
  }
}

function hoursWords(hours: Hours | null): string {
  return hours === null ? 'no session' : `a session from ${hours.opens} to ${hours.closes} in New York`;
}

function utc(instant: Instant): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

/** The three characters that are markup in Slack's text; a brokerage's name is somebody else's text. */
function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
