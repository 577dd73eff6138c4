/** A weekday on which the exchange stayed shut although no holiday rule says so. */
export interface SpecialClosure {
  readonly date: string;
  readonly reason: string;
}

/** A trading day with hours that no rule gives; `opens` and `closes` are New York times, `HH:MM`. */
export interface SpecialHours {
  readonly date: string;
  readonly opens?: string;
  readonly closes?: string;
  readonly reason: string;
}

/*
 * When the exchange announces a closure or other hours, add one line here: every tick brings the database in line, also when
 * the day is over, and what was noted for a session that is called off is void.
 */

export const SPECIAL_CLOSURES: readonly SpecialClosure[] = [
  { date: '2001-09-11', reason: 'Attacks of September 11' },
  { date: '2001-09-12', reason: 'Attacks of September 11' },
  { date: '2001-09-13', reason: 'Attacks of September 11' },
  { date: '2001-09-14', reason: 'Attacks of September 11' },
  { date: '2004-06-11', reason: 'Mourning for President Reagan' },
  { date: '2007-01-02', reason: 'Mourning for President Ford' },
  { date: '2012-10-29', reason: 'Hurricane Sandy' },
  { date: '2012-10-30', reason: 'Hurricane Sandy' },
  { date: '2018-12-05', reason: 'Mourning for President George H. W. Bush' },
  { date: '2025-01-09', reason: 'Mourning for President Carter' },
];

export const SPECIAL_HOURS: readonly SpecialHours[] = [
  { date: '2001-09-17', opens: '09:33', reason: 'Silence after the attacks of September 11' },
  { date: '2001-10-08', opens: '09:31', reason: 'Silence at the start of the war in Afghanistan' },
  { date: '2002-09-11', opens: '12:00', reason: 'Anniversary of the attacks of September 11' },
  { date: '2003-03-20', opens: '09:32', reason: 'Silence at the start of the war in Iraq' },
  { date: '2003-12-26', closes: '13:00', reason: 'Friday after Christmas' },
  { date: '2004-06-07', opens: '09:32', reason: 'Silence for President Reagan' },
  { date: '2005-06-01', closes: '15:56', reason: 'Systems fault' },
  { date: '2006-12-27', opens: '09:32', reason: 'Silence for President Ford' },
];
